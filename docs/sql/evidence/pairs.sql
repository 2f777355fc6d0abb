-- pairs: One row is a meeting and a relevant agency: one working with a child of the meeting on the day.
--
-- Written by `make docs`: what fills reporting.pairs at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   agency_uninformed
--   plan_shared_on_time
--   plan_shared_with_absent
--   plan_shared_with_all
--   receipt_confirmed
--   relevant_agency_took_part

SELECT
  anon_1.meeting_ref,
  anon_1.held_on,
  anon_1.agency_code,
  COALESCE(named.attended, FALSE) AS coalesce_1,
  COALESCE(named.attended OR named.contributed, FALSE) AS coalesce_2,
  COALESCE(named.informed, FALSE) OR COALESCE(anon_3.is_sent, FALSE) AS anon_2,
  COALESCE(own.attended OR own.contributed, FALSE) AS coalesce_3,
  COALESCE(own.informed, FALSE) OR COALESCE(anon_3.is_received, FALSE) AS anon_4,
  NOT says_so.agency_code IS NULL AS anon_5,
  COALESCE(anon_3.is_sent, FALSE) AS coalesce_4,
  COALESCE(anon_3.is_sent_in_time, FALSE) AS coalesce_5,
  COALESCE(anon_3.is_received, FALSE) AS coalesce_6,
  NOT receipts.agency_code IS NULL AS anon_6
FROM (
  SELECT DISTINCT
    facts.child_agencies.meeting_ref AS meeting_ref,
    facts.child_agencies.held_on AS held_on,
    facts.child_agencies.month_starts_on AS month_starts_on,
    facts.child_agencies.agency_code AS agency_code
  FROM facts.child_agencies
  WHERE
    facts.child_agencies.agency_code <> 'csc'
) AS anon_1
LEFT OUTER JOIN reporting.claims AS named
  ON named.meeting_ref = anon_1.meeting_ref
  AND named.agency_code = anon_1.agency_code
  AND named.said_by = 'csc'
LEFT OUTER JOIN reporting.claims AS own
  ON own.meeting_ref = anon_1.meeting_ref
  AND own.agency_code = anon_1.agency_code
  AND own.said_by = anon_1.agency_code
LEFT OUTER JOIN (
  SELECT
    anon_7.held_ref AS held_ref,
    anon_7.agency_code AS agency_code,
    COALESCE(
      BOOL_OR(CAST(anon_7.said_by = 'csc' AND NOT anon_7.sent_at IS NULL AS BOOLEAN)),
      FALSE
    ) AS is_sent,
    COALESCE(
      BOOL_OR(
        CAST(anon_7.said_by = 'csc'
        AND NOT anon_7.sent_at IS NULL
        AND calendar_1.day >= calendar_2.day
        AND calendar_1.working_day_number - calendar_2.working_day_number <= 1 /* plan_shared_on_time.limit */ AS BOOLEAN)
      ),
      FALSE
    ) AS is_sent_in_time,
    COALESCE(
      BOOL_OR(
        CAST(anon_7.said_by = anon_7.agency_code
        AND NOT COALESCE(anon_7.received_at, anon_7.filed_at) IS NULL AS BOOLEAN)
      ),
      FALSE
    ) AS is_received
  FROM (
    SELECT
      facts.plan_circulation.child_ref AS child_ref,
      facts.plan_circulation.nhs_number AS nhs_number,
      facts.plan_circulation.upn AS upn,
      facts.plan_circulation.said_by AS said_by,
      facts.plan_circulation.agency_code AS agency_code,
      facts.plan_circulation.meeting_ref AS meeting_ref,
      facts.plan_circulation.held_on AS held_on,
      facts.plan_circulation.item_code AS item_code,
      facts.plan_circulation.sent_at AS sent_at,
      facts.plan_circulation.method_code AS method_code,
      facts.plan_circulation.received_at AS received_at,
      facts.plan_circulation.filed_at AS filed_at,
      facts.plan_circulation.delivery_id AS delivery_id,
      facts.plan_circulation.source_member AS source_member,
      facts.plan_circulation.source_row AS source_row,
      facts.plan_circulation.row_key AS row_key,
      facts.plan_circulation.row_hash AS row_hash,
      facts.plan_circulation.valid_from AS valid_from,
      facts.plan_circulation.valid_to AS valid_to,
      facts.plan_circulation.known_from AS known_from,
      facts.plan_circulation.known_to AS known_to,
      held.meeting_ref AS held_ref
    FROM facts.plan_circulation
    JOIN (
      SELECT
        facts.strategy_meetings.meeting_ref AS meeting_ref,
        facts.strategy_meetings.s47_ref AS s47_ref,
        facts.strategy_meetings.concern_identified_at AS concern_identified_at,
        facts.strategy_meetings.decided_to_hold_at AS decided_to_hold_at,
        facts.strategy_meetings.held_at AS held_at,
        facts.strategy_meetings.sequence AS sequence,
        facts.strategy_meetings.mode_code AS mode_code,
        facts.strategy_meetings.urgency_code AS urgency_code,
        facts.strategy_meetings.concern_codes AS concern_codes,
        facts.strategy_meetings.csa_context_code AS csa_context_code,
        facts.strategy_meetings.specialist_health_code AS specialist_health_code,
        facts.strategy_meetings.outcome_code AS outcome_code,
        facts.strategy_meetings.decision_at AS decision_at,
        facts.strategy_meetings.decision_role_code AS decision_role_code,
        facts.strategy_meetings.status_code AS status_code,
        facts.strategy_meetings.delivery_id AS delivery_id,
        facts.strategy_meetings.source_member AS source_member,
        facts.strategy_meetings.source_row AS source_row,
        facts.strategy_meetings.row_key AS row_key,
        facts.strategy_meetings.row_hash AS row_hash,
        facts.strategy_meetings.valid_from AS valid_from,
        facts.strategy_meetings.valid_to AS valid_to,
        facts.strategy_meetings.known_from AS known_from,
        facts.strategy_meetings.known_to AS known_to,
        CAST(facts.strategy_meetings.held_at AS DATE) AS held_on
      FROM facts.strategy_meetings
      WHERE
        facts.strategy_meetings.status_code = 'held'
        AND NOT facts.strategy_meetings.held_at IS NULL
    ) AS held
      ON held.meeting_ref = facts.plan_circulation.meeting_ref
    UNION ALL
    SELECT
      anon_8.child_ref AS child_ref,
      anon_8.nhs_number AS nhs_number,
      anon_8.upn AS upn,
      anon_8.said_by AS said_by,
      anon_8.agency_code AS agency_code,
      anon_8.meeting_ref AS meeting_ref,
      anon_8.held_on AS held_on,
      anon_8.item_code AS item_code,
      anon_8.sent_at AS sent_at,
      anon_8.method_code AS method_code,
      anon_8.received_at AS received_at,
      anon_8.filed_at AS filed_at,
      anon_8.delivery_id AS delivery_id,
      anon_8.source_member AS source_member,
      anon_8.source_row AS source_row,
      anon_8.row_key AS row_key,
      anon_8.row_hash AS row_hash,
      anon_8.valid_from AS valid_from,
      anon_8.valid_to AS valid_to,
      anon_8.known_from AS known_from,
      anon_8.known_to AS known_to,
      anon_9.meeting_ref AS meeting_ref_1
    FROM (
      SELECT
        facts.plan_circulation.child_ref AS child_ref,
        facts.plan_circulation.nhs_number AS nhs_number,
        facts.plan_circulation.upn AS upn,
        facts.plan_circulation.said_by AS said_by,
        facts.plan_circulation.agency_code AS agency_code,
        facts.plan_circulation.meeting_ref AS meeting_ref,
        facts.plan_circulation.held_on AS held_on,
        facts.plan_circulation.item_code AS item_code,
        facts.plan_circulation.sent_at AS sent_at,
        facts.plan_circulation.method_code AS method_code,
        facts.plan_circulation.received_at AS received_at,
        facts.plan_circulation.filed_at AS filed_at,
        facts.plan_circulation.delivery_id AS delivery_id,
        facts.plan_circulation.source_member AS source_member,
        facts.plan_circulation.source_row AS source_row,
        facts.plan_circulation.row_key AS row_key,
        facts.plan_circulation.row_hash AS row_hash,
        facts.plan_circulation.valid_from AS valid_from,
        facts.plan_circulation.valid_to AS valid_to,
        facts.plan_circulation.known_from AS known_from,
        facts.plan_circulation.known_to AS known_to
      FROM facts.plan_circulation
      LEFT OUTER JOIN facts.strategy_meetings
        ON facts.strategy_meetings.meeting_ref = facts.plan_circulation.meeting_ref
      WHERE
        facts.strategy_meetings.meeting_ref IS NULL
        AND NOT facts.plan_circulation.held_on IS NULL
    ) AS anon_8
    JOIN (
      SELECT
        anon_10.row_key AS row_key,
        facts.meeting_numbers.meeting_ref AS meeting_ref,
        ROW_NUMBER() OVER (
          PARTITION BY anon_10.row_key
          ORDER BY ABS(facts.meeting_numbers.held_on - anon_10.held_on), facts.meeting_numbers.meeting_ref
        ) AS place
      FROM (
        SELECT
          anon_8.row_key AS row_key,
          anon_8.held_on AS held_on,
          'nhs:' || anon_8.nhs_number AS number
        FROM (
          SELECT
            facts.plan_circulation.child_ref AS child_ref,
            facts.plan_circulation.nhs_number AS nhs_number,
            facts.plan_circulation.upn AS upn,
            facts.plan_circulation.said_by AS said_by,
            facts.plan_circulation.agency_code AS agency_code,
            facts.plan_circulation.meeting_ref AS meeting_ref,
            facts.plan_circulation.held_on AS held_on,
            facts.plan_circulation.item_code AS item_code,
            facts.plan_circulation.sent_at AS sent_at,
            facts.plan_circulation.method_code AS method_code,
            facts.plan_circulation.received_at AS received_at,
            facts.plan_circulation.filed_at AS filed_at,
            facts.plan_circulation.delivery_id AS delivery_id,
            facts.plan_circulation.source_member AS source_member,
            facts.plan_circulation.source_row AS source_row,
            facts.plan_circulation.row_key AS row_key,
            facts.plan_circulation.row_hash AS row_hash,
            facts.plan_circulation.valid_from AS valid_from,
            facts.plan_circulation.valid_to AS valid_to,
            facts.plan_circulation.known_from AS known_from,
            facts.plan_circulation.known_to AS known_to
          FROM facts.plan_circulation
          LEFT OUTER JOIN facts.strategy_meetings
            ON facts.strategy_meetings.meeting_ref = facts.plan_circulation.meeting_ref
          WHERE
            facts.strategy_meetings.meeting_ref IS NULL
            AND NOT facts.plan_circulation.held_on IS NULL
        ) AS anon_8
        WHERE
          NOT anon_8.nhs_number IS NULL
        UNION ALL
        SELECT
          anon_8.row_key AS row_key,
          anon_8.held_on AS held_on,
          'upn:' || anon_8.upn AS number
        FROM (
          SELECT
            facts.plan_circulation.child_ref AS child_ref,
            facts.plan_circulation.nhs_number AS nhs_number,
            facts.plan_circulation.upn AS upn,
            facts.plan_circulation.said_by AS said_by,
            facts.plan_circulation.agency_code AS agency_code,
            facts.plan_circulation.meeting_ref AS meeting_ref,
            facts.plan_circulation.held_on AS held_on,
            facts.plan_circulation.item_code AS item_code,
            facts.plan_circulation.sent_at AS sent_at,
            facts.plan_circulation.method_code AS method_code,
            facts.plan_circulation.received_at AS received_at,
            facts.plan_circulation.filed_at AS filed_at,
            facts.plan_circulation.delivery_id AS delivery_id,
            facts.plan_circulation.source_member AS source_member,
            facts.plan_circulation.source_row AS source_row,
            facts.plan_circulation.row_key AS row_key,
            facts.plan_circulation.row_hash AS row_hash,
            facts.plan_circulation.valid_from AS valid_from,
            facts.plan_circulation.valid_to AS valid_to,
            facts.plan_circulation.known_from AS known_from,
            facts.plan_circulation.known_to AS known_to
          FROM facts.plan_circulation
          LEFT OUTER JOIN facts.strategy_meetings
            ON facts.strategy_meetings.meeting_ref = facts.plan_circulation.meeting_ref
          WHERE
            facts.strategy_meetings.meeting_ref IS NULL
            AND NOT facts.plan_circulation.held_on IS NULL
        ) AS anon_8
        WHERE
          NOT anon_8.upn IS NULL
        UNION ALL
        SELECT
          anon_8.row_key AS row_key,
          anon_8.held_on AS held_on,
          'ref:' || anon_8.child_ref AS number
        FROM (
          SELECT
            facts.plan_circulation.child_ref AS child_ref,
            facts.plan_circulation.nhs_number AS nhs_number,
            facts.plan_circulation.upn AS upn,
            facts.plan_circulation.said_by AS said_by,
            facts.plan_circulation.agency_code AS agency_code,
            facts.plan_circulation.meeting_ref AS meeting_ref,
            facts.plan_circulation.held_on AS held_on,
            facts.plan_circulation.item_code AS item_code,
            facts.plan_circulation.sent_at AS sent_at,
            facts.plan_circulation.method_code AS method_code,
            facts.plan_circulation.received_at AS received_at,
            facts.plan_circulation.filed_at AS filed_at,
            facts.plan_circulation.delivery_id AS delivery_id,
            facts.plan_circulation.source_member AS source_member,
            facts.plan_circulation.source_row AS source_row,
            facts.plan_circulation.row_key AS row_key,
            facts.plan_circulation.row_hash AS row_hash,
            facts.plan_circulation.valid_from AS valid_from,
            facts.plan_circulation.valid_to AS valid_to,
            facts.plan_circulation.known_from AS known_from,
            facts.plan_circulation.known_to AS known_to
          FROM facts.plan_circulation
          LEFT OUTER JOIN facts.strategy_meetings
            ON facts.strategy_meetings.meeting_ref = facts.plan_circulation.meeting_ref
          WHERE
            facts.strategy_meetings.meeting_ref IS NULL
            AND NOT facts.plan_circulation.held_on IS NULL
        ) AS anon_8
        WHERE
          NOT anon_8.child_ref IS NULL
      ) AS anon_10
      JOIN facts.meeting_numbers
        ON facts.meeting_numbers.number = anon_10.number
      JOIN facts.calendar AS calendar_3
        ON calendar_3.day = anon_10.held_on
      JOIN facts.calendar AS calendar_4
        ON calendar_4.day = facts.meeting_numbers.held_on
      WHERE
        ABS(calendar_4.working_day_number - calendar_3.working_day_number) <= 1 /* matching.within_working_days */
    ) AS anon_9
      ON anon_9.row_key = anon_8.row_key AND anon_9.place = 1
  ) AS anon_7
  JOIN reporting.csa_meetings
    ON reporting.csa_meetings.meeting_ref = anon_7.held_ref
  JOIN facts.calendar AS calendar_2
    ON calendar_2.day = reporting.csa_meetings.held_on
  LEFT OUTER JOIN facts.calendar AS calendar_1
    ON calendar_1.day = CAST(anon_7.sent_at AS DATE)
  GROUP BY
    anon_7.held_ref,
    anon_7.agency_code
) AS anon_3
  ON anon_3.held_ref = anon_1.meeting_ref AND anon_3.agency_code = anon_1.agency_code
LEFT OUTER JOIN reporting.returns AS says_so
  ON says_so.table_name = 'meeting_participation'
  AND says_so.agency_code = anon_1.agency_code
  AND says_so.month_starts_on = anon_1.month_starts_on
LEFT OUTER JOIN reporting.returns AS receipts
  ON receipts.table_name = 'plan_circulation'
  AND receipts.agency_code = anon_1.agency_code
  AND receipts.month_starts_on = anon_1.month_starts_on;
