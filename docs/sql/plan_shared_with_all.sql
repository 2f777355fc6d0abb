-- plan_shared_with_all: Did the plan reach every relevant agency, present or not?
-- version 1
-- definition 704eb762df4862ca3ffb6f7ea0858951
-- statements 071e3200a57a8dc8d48e412bcdb5c6f5
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/pairs.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.plan_shared_with_all as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.has_relevant_agency,
  meetings.sent_to_all,
  meetings.received_by_all,
  meetings.all_returned,
  CASE
    WHEN (
      meetings.has_relevant_agency AND meetings.sent_to_all
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  CASE
    WHEN (
      meetings.has_relevant_agency AND meetings.has_relevant_agency
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator,
  CASE
    WHEN (
      meetings.has_relevant_agency
      AND meetings.all_returned
      AND meetings.received_by_all
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE
    WHEN (
      meetings.has_relevant_agency
      AND meetings.all_returned
      AND meetings.has_relevant_agency
    )
    THEN 1
    ELSE 0
  END AS confirmed_denominator,
  meetings.all_returned AS is_covered
FROM (
  SELECT
    reporting.csa_meetings.meeting_ref AS unit_ref,
    reporting.csa_meetings.held_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN reporting.csa_meetings.is_family
      THEN 'in the family'
      ELSE 'elsewhere or not said'
    END AS family,
    reporting.csa_meetings.mode_code AS mode,
    COALESCE(
      COALESCE(BOOL_OR(CAST(NOT reporting.pairs.agency_code IS NULL AS BOOLEAN)), FALSE),
      FALSE
    ) AS has_relevant_agency,
    COALESCE(
      COALESCE(BOOL_OR(CAST(NOT reporting.pairs.agency_code IS NULL AS BOOLEAN)), FALSE)
      AND NOT COALESCE(BOOL_OR(CAST(NOT reporting.pairs.is_sent AS BOOLEAN)), FALSE),
      FALSE
    ) AS sent_to_all,
    COALESCE(
      COALESCE(BOOL_OR(CAST(NOT reporting.pairs.agency_code IS NULL AS BOOLEAN)), FALSE)
      AND NOT COALESCE(BOOL_OR(CAST(NOT reporting.pairs.is_received AS BOOLEAN)), FALSE),
      FALSE
    ) AS received_by_all,
    COALESCE(
      COALESCE(BOOL_OR(CAST(NOT reporting.pairs.agency_code IS NULL AS BOOLEAN)), FALSE)
      AND NOT COALESCE(BOOL_OR(CAST(NOT reporting.pairs.has_returned_receipts AS BOOLEAN)), FALSE),
      FALSE
    ) AS all_returned
  FROM reporting.csa_meetings
  LEFT OUTER JOIN reporting.pairs
    ON reporting.pairs.meeting_ref = reporting.csa_meetings.meeting_ref
  GROUP BY
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.held_on,
    reporting.csa_meetings.mode_code,
    reporting.csa_meetings.is_family
) AS meetings;
