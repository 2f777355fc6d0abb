-- child_agencies: One row is an agency working with a child of such a meeting on the day. Identifies children.
--
-- Written by `make docs`: what fills facts.child_agencies at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   agency_uninformed
--   gp_told
--   plan_shared_on_time
--   plan_shared_with_absent
--   plan_shared_with_all
--   receipt_confirmed
--   records_agree
--   relevant_agency_took_part

SELECT
  reporting.csa_meetings.meeting_ref,
  reporting.csa_meetings.held_on,
  reporting.csa_meetings.month_starts_on,
  facts.meeting_numbers.child,
  anon_1.agency_code,
  COALESCE(BOOL_OR(CAST(anon_1.csa_concern_recorded AS BOOLEAN)), FALSE) AS coalesce_1,
  COALESCE(BOOL_OR(CAST(NOT reporting.returns.agency_code IS NULL AS BOOLEAN)), FALSE) AS coalesce_2
FROM reporting.csa_meetings
JOIN facts.meeting_numbers
  ON facts.meeting_numbers.meeting_ref = reporting.csa_meetings.meeting_ref
JOIN (
  SELECT
    facts.involvements.agency_code AS agency_code,
    facts.involvements.opened_on AS opened_on,
    facts.involvements.closed_on AS closed_on,
    facts.involvements.csa_concern_recorded AS csa_concern_recorded,
    'nhs:' || facts.involvements.nhs_number AS number
  FROM facts.involvements
  WHERE
    NOT facts.involvements.nhs_number IS NULL
  UNION ALL
  SELECT
    facts.involvements.agency_code AS agency_code,
    facts.involvements.opened_on AS opened_on,
    facts.involvements.closed_on AS closed_on,
    facts.involvements.csa_concern_recorded AS csa_concern_recorded,
    'upn:' || facts.involvements.upn AS number
  FROM facts.involvements
  WHERE
    NOT facts.involvements.upn IS NULL
  UNION ALL
  SELECT
    facts.involvements.agency_code AS agency_code,
    facts.involvements.opened_on AS opened_on,
    facts.involvements.closed_on AS closed_on,
    facts.involvements.csa_concern_recorded AS csa_concern_recorded,
    'ref:' || facts.involvements.child_ref AS number
  FROM facts.involvements
  WHERE
    NOT facts.involvements.child_ref IS NULL
) AS anon_1
  ON facts.meeting_numbers.number = anon_1.number
LEFT OUTER JOIN reporting.returns
  ON reporting.returns.table_name = 'involvements'
  AND reporting.returns.agency_code = anon_1.agency_code
  AND reporting.returns.month_starts_on = reporting.csa_meetings.month_starts_on
WHERE
  (
    NOT anon_1.agency_code IN ('unknown', 'lscp', 'dfe')
  )
  AND anon_1.opened_on <= reporting.csa_meetings.held_on
  AND (
    anon_1.closed_on IS NULL OR anon_1.closed_on >= reporting.csa_meetings.held_on
  )
GROUP BY
  reporting.csa_meetings.meeting_ref,
  reporting.csa_meetings.held_on,
  reporting.csa_meetings.month_starts_on,
  facts.meeting_numbers.child,
  anon_1.agency_code;
