-- relevant_agency_took_part: Did the agencies that work with the child take part in the meeting?
-- version 1
-- definition c630f1d580d6eabc5e3f248b8f9d26e3
-- statements 8a68fdc1e03c78981690535adf563108
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/pairs.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.relevant_agency_took_part as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  pairs.unit_ref,
  pairs.counted_on,
  pairs.agency_code,
  pairs.took_part,
  pairs.says_so_itself,
  pairs.agency_returned,
  CASE WHEN pairs.took_part THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      pairs.agency_returned AND pairs.took_part AND pairs.says_so_itself
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE WHEN pairs.agency_returned THEN 1 ELSE 0 END AS confirmed_denominator,
  pairs.agency_returned AS is_covered
FROM (
  SELECT
    reporting.pairs.meeting_ref AS unit_ref,
    reporting.pairs.held_on AS counted_on,
    reporting.pairs.agency_code AS agency_code,
    COALESCE(reporting.pairs.took_part, FALSE) AS took_part,
    COALESCE(reporting.pairs.says_it_took_part, FALSE) AS says_so_itself,
    COALESCE(reporting.pairs.has_returned_participation, FALSE) AS agency_returned
  FROM reporting.pairs
) AS pairs;
