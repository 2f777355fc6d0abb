-- returns: One row is a month for which an agency has sent a table.
--
-- Written by `make docs`: what fills reporting.returns at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   agency_uninformed
--   child_seen_alone
--   closing_discussion
--   gp_told
--   health_attendance_confirmed
--   health_invited
--   health_present
--   plan_shared_on_time
--   plan_shared_with_absent
--   plan_shared_with_all
--   police_closure_shared
--   quorate
--   receipt_confirmed
--   records_agree
--   relevant_agency_took_part
--   school_present
--   specialist_health_considered
--   support_started

SELECT
  ledger.deliveries.agency_code,
  ledger.delivery_members.table_name,
  anon_1.month_starts_on
FROM ledger.deliveries
JOIN ledger.delivery_members
  ON ledger.delivery_members.delivery_id = ledger.deliveries.delivery_id
JOIN (
  SELECT DISTINCT
    facts.calendar.month_starts_on AS month_starts_on
  FROM facts.calendar
) AS anon_1
  ON anon_1.month_starts_on BETWEEN ledger.deliveries.period_from AND ledger.deliveries.period_to
WHERE
  ledger.deliveries.state IN ('loaded', 'published', 'duplicate')
  AND NOT ledger.delivery_members.table_name IS NULL
  AND (
    ledger.delivery_members.loaded + ledger.delivery_members.unchanged > 0
    OR ledger.delivery_members.rows_in = ledger.delivery_members.ignored
  )
UNION
SELECT
  facts.audit_returns.agency_code,
  'audit_returns' AS anon_2,
  facts.calendar.month_starts_on
FROM facts.audit_returns
JOIN facts.calendar
  ON facts.calendar.day = facts.audit_returns.audited_on
UNION
SELECT
  facts.improvement_actions.agency_code,
  'improvement_actions' AS anon_3,
  facts.calendar.month_starts_on
FROM facts.improvement_actions
JOIN facts.calendar
  ON facts.calendar.day = facts.improvement_actions.due_on
UNION
SELECT
  facts.workforce_training.agency_code,
  'workforce_training' AS anon_4,
  facts.calendar.month_starts_on
FROM facts.workforce_training
JOIN facts.calendar
  ON facts.calendar.day = facts.workforce_training.as_at_on;
