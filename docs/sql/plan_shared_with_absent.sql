-- plan_shared_with_absent: Did the plan reach the relevant agencies that were not there?
-- version 1
-- definition ba228acc10acf2708aea6c648297b892
-- statements a6e58fb0a18f0f1fe1863438aab2b0ac
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/pairs.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.plan_shared_with_absent as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  pairs.unit_ref,
  pairs.counted_on,
  pairs.agency_code,
  pairs.is_sent,
  pairs.is_received,
  pairs.agency_returned,
  CASE WHEN pairs.is_sent THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE WHEN (
    pairs.agency_returned AND pairs.is_received
  ) THEN 1 ELSE 0 END AS confirmed_numerator,
  CASE WHEN pairs.agency_returned THEN 1 ELSE 0 END AS confirmed_denominator,
  pairs.agency_returned AS is_covered
FROM (
  SELECT
    reporting.pairs.meeting_ref AS unit_ref,
    reporting.pairs.held_on AS counted_on,
    reporting.pairs.agency_code AS agency_code,
    COALESCE(reporting.pairs.is_sent, FALSE) AS is_sent,
    COALESCE(reporting.pairs.is_received, FALSE) AS is_received,
    COALESCE(reporting.pairs.has_returned_receipts, FALSE) AS agency_returned
  FROM reporting.pairs
  WHERE
    NOT reporting.pairs.is_present
) AS pairs;
