-- plan_shared_on_time: Was the plan sent to every relevant agency within one working day?
-- version 1
-- definition 5f8bcf5f6e26f7212c3931e73733b7f1
-- statements e3e22a969f2fa2254f985ec50e2d818f
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/pairs.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.plan_shared_on_time as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  pairs.unit_ref,
  pairs.counted_on,
  pairs.agency_code,
  pairs.is_sent_in_time,
  CASE WHEN pairs.is_sent_in_time THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator
FROM (
  SELECT
    reporting.pairs.meeting_ref AS unit_ref,
    reporting.pairs.held_on AS counted_on,
    reporting.pairs.agency_code AS agency_code,
    COALESCE(reporting.pairs.is_sent_in_time, FALSE) AS is_sent_in_time
  FROM reporting.pairs
) AS pairs;
