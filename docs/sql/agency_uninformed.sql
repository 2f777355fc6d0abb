-- agency_uninformed: Which agencies that work with the child had no invitation, no plan and no record of the meeting?
-- version 1
-- definition 0f4b1ee859eefdb07a02666d7164d9b2
-- statements 04d02fb0410e2ba7ec55f1668049c905
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/pairs.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.agency_uninformed as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  pairs.unit_ref,
  pairs.counted_on,
  pairs.agency_code,
  pairs.is_uninformed,
  pairs.has_no_record,
  pairs.agency_returned,
  CASE WHEN pairs.is_uninformed THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      pairs.agency_returned AND pairs.is_uninformed AND pairs.has_no_record
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
    COALESCE(NOT reporting.pairs.is_informed, FALSE) AS is_uninformed,
    COALESCE(NOT reporting.pairs.says_it_was_informed, FALSE) AS has_no_record,
    COALESCE(
      reporting.pairs.has_returned_participation
      AND reporting.pairs.has_returned_receipts,
      FALSE
    ) AS agency_returned
  FROM reporting.pairs
) AS pairs;
