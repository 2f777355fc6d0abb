-- receipt_confirmed: Has the agency that was sent the plan logged it?
-- version 1
-- definition c73aac4f089152742fd24a743fb410b8
-- statements 19c1980d9da0c49d7a1c63931b86771b
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/pairs.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.receipt_confirmed as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  pairs.unit_ref,
  pairs.counted_on,
  pairs.agency_code,
  pairs.is_received,
  pairs.agency_returned,
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
    COALESCE(reporting.pairs.is_received, FALSE) AS is_received,
    COALESCE(reporting.pairs.has_returned_receipts, FALSE) AS agency_returned
  FROM reporting.pairs
  WHERE
    reporting.pairs.is_sent
) AS pairs;
