-- csa_children: One row is a child discussed at a meeting about child sexual abuse. Identifies children.
--
-- Written by `make docs`: what fills facts.csa_children at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   gp_told
--   school_present

SELECT
  reporting.csa_meetings.meeting_ref,
  reporting.csa_meetings.held_on,
  reporting.csa_meetings.month_starts_on,
  facts.meeting_numbers.child,
  COALESCE(
    BOOL_OR(
      CAST((
        EXTRACT(YEAR FROM reporting.csa_meetings.held_on) * 12 + EXTRACT(MONTH FROM reporting.csa_meetings.held_on)
      ) - (
        EXTRACT(YEAR FROM anon_1.born_on) * 12 + EXTRACT(MONTH FROM anon_1.born_on)
      ) >= 5 /* school_age.from */ * 12
      AND (
        EXTRACT(YEAR FROM reporting.csa_meetings.held_on) * 12 + EXTRACT(MONTH FROM reporting.csa_meetings.held_on)
      ) - (
        EXTRACT(YEAR FROM anon_1.born_on) * 12 + EXTRACT(MONTH FROM anon_1.born_on)
      ) < (
        16 /* school_age.to */ + 1
      ) * 12 AS BOOLEAN)
    ),
    FALSE
  ) AS coalesce_1,
  COALESCE(BOOL_OR(CAST(anon_2.is_sent AS BOOLEAN)), FALSE) AS coalesce_2,
  COALESCE(BOOL_OR(CAST(anon_2.is_received AS BOOLEAN)), FALSE) AS coalesce_3
FROM reporting.csa_meetings
JOIN facts.meeting_numbers
  ON facts.meeting_numbers.meeting_ref = reporting.csa_meetings.meeting_ref
LEFT OUTER JOIN (
  SELECT
    anon_3.born_on AS born_on,
    'nhs:' || anon_3.nhs_number AS number
  FROM (
    SELECT
      facts.children.child_ref AS child_ref,
      facts.children.nhs_number AS nhs_number,
      facts.children.upn AS upn,
      facts.children.said_by AS said_by,
      facts.children.former_upn AS former_upn,
      facts.children.born_on AS born_on,
      facts.children.expected_on AS expected_on,
      facts.children.died_on AS died_on,
      facts.children.sex_code AS sex_code,
      facts.children.ethnicity_code AS ethnicity_code,
      facts.children.delivery_id AS delivery_id,
      facts.children.source_member AS source_member,
      facts.children.source_row AS source_row,
      facts.children.row_key AS row_key,
      facts.children.row_hash AS row_hash,
      facts.children.valid_from AS valid_from,
      facts.children.valid_to AS valid_to,
      facts.children.known_from AS known_from,
      facts.children.known_to AS known_to
    FROM facts.children
    WHERE
      NOT facts.children.born_on IS NULL
  ) AS anon_3
  WHERE
    NOT anon_3.nhs_number IS NULL
  UNION ALL
  SELECT
    anon_3.born_on AS born_on,
    'upn:' || anon_3.upn AS number
  FROM (
    SELECT
      facts.children.child_ref AS child_ref,
      facts.children.nhs_number AS nhs_number,
      facts.children.upn AS upn,
      facts.children.said_by AS said_by,
      facts.children.former_upn AS former_upn,
      facts.children.born_on AS born_on,
      facts.children.expected_on AS expected_on,
      facts.children.died_on AS died_on,
      facts.children.sex_code AS sex_code,
      facts.children.ethnicity_code AS ethnicity_code,
      facts.children.delivery_id AS delivery_id,
      facts.children.source_member AS source_member,
      facts.children.source_row AS source_row,
      facts.children.row_key AS row_key,
      facts.children.row_hash AS row_hash,
      facts.children.valid_from AS valid_from,
      facts.children.valid_to AS valid_to,
      facts.children.known_from AS known_from,
      facts.children.known_to AS known_to
    FROM facts.children
    WHERE
      NOT facts.children.born_on IS NULL
  ) AS anon_3
  WHERE
    NOT anon_3.upn IS NULL
  UNION ALL
  SELECT
    anon_3.born_on AS born_on,
    'ref:' || anon_3.child_ref AS number
  FROM (
    SELECT
      facts.children.child_ref AS child_ref,
      facts.children.nhs_number AS nhs_number,
      facts.children.upn AS upn,
      facts.children.said_by AS said_by,
      facts.children.former_upn AS former_upn,
      facts.children.born_on AS born_on,
      facts.children.expected_on AS expected_on,
      facts.children.died_on AS died_on,
      facts.children.sex_code AS sex_code,
      facts.children.ethnicity_code AS ethnicity_code,
      facts.children.delivery_id AS delivery_id,
      facts.children.source_member AS source_member,
      facts.children.source_row AS source_row,
      facts.children.row_key AS row_key,
      facts.children.row_hash AS row_hash,
      facts.children.valid_from AS valid_from,
      facts.children.valid_to AS valid_to,
      facts.children.known_from AS known_from,
      facts.children.known_to AS known_to
    FROM facts.children
    WHERE
      NOT facts.children.born_on IS NULL
  ) AS anon_3
  WHERE
    NOT anon_3.child_ref IS NULL
) AS anon_1
  ON facts.meeting_numbers.number = anon_1.number
LEFT OUTER JOIN (
  SELECT
    anon_4.held_ref AS held_ref,
    anon_4.number AS number,
    COALESCE(BOOL_OR(CAST(anon_4.is_sent AS BOOLEAN)), FALSE) AS is_sent,
    COALESCE(BOOL_OR(CAST(anon_4.is_received AS BOOLEAN)), FALSE) AS is_received
  FROM (
    SELECT
      anon_5.held_ref AS held_ref,
      anon_5.is_sent AS is_sent,
      anon_5.is_received AS is_received,
      anon_5.number AS number
    FROM (
      SELECT
        anon_6.held_ref AS held_ref,
        anon_6.is_sent AS is_sent,
        anon_6.is_received AS is_received,
        'nhs:' || anon_6.nhs_number AS number
      FROM (
        SELECT
          anon_7.child_ref AS child_ref,
          anon_7.nhs_number AS nhs_number,
          anon_7.upn AS upn,
          anon_7.said_by AS said_by,
          anon_7.agency_code AS agency_code,
          anon_7.meeting_ref AS meeting_ref,
          anon_7.held_on AS held_on,
          anon_7.item_code AS item_code,
          anon_7.sent_at AS sent_at,
          anon_7.method_code AS method_code,
          anon_7.received_at AS received_at,
          anon_7.filed_at AS filed_at,
          anon_7.delivery_id AS delivery_id,
          anon_7.source_member AS source_member,
          anon_7.source_row AS source_row,
          anon_7.row_key AS row_key,
          anon_7.row_hash AS row_hash,
          anon_7.valid_from AS valid_from,
          anon_7.valid_to AS valid_to,
          anon_7.known_from AS known_from,
          anon_7.known_to AS known_to,
          anon_7.held_ref AS held_ref,
          anon_7.said_by = 'csc' AND NOT anon_7.sent_at IS NULL AS is_sent,
          anon_7.said_by = anon_7.agency_code
          AND NOT COALESCE(anon_7.received_at, anon_7.filed_at) IS NULL AS is_received
        FROM (
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
            held.meeting_ref AS held_ref
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
            WHERE
              facts.plan_circulation.agency_code = 'health_gp'
          ) AS anon_8
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
            ON held.meeting_ref = anon_8.meeting_ref
          UNION ALL
          SELECT
            anon_9.child_ref AS child_ref,
            anon_9.nhs_number AS nhs_number,
            anon_9.upn AS upn,
            anon_9.said_by AS said_by,
            anon_9.agency_code AS agency_code,
            anon_9.meeting_ref AS meeting_ref,
            anon_9.held_on AS held_on,
            anon_9.item_code AS item_code,
            anon_9.sent_at AS sent_at,
            anon_9.method_code AS method_code,
            anon_9.received_at AS received_at,
            anon_9.filed_at AS filed_at,
            anon_9.delivery_id AS delivery_id,
            anon_9.source_member AS source_member,
            anon_9.source_row AS source_row,
            anon_9.row_key AS row_key,
            anon_9.row_hash AS row_hash,
            anon_9.valid_from AS valid_from,
            anon_9.valid_to AS valid_to,
            anon_9.known_from AS known_from,
            anon_9.known_to AS known_to,
            anon_10.meeting_ref AS meeting_ref_1
          FROM (
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
              anon_8.known_to AS known_to
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
              WHERE
                facts.plan_circulation.agency_code = 'health_gp'
            ) AS anon_8
            LEFT OUTER JOIN facts.strategy_meetings
              ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
            WHERE
              facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
          ) AS anon_9
          JOIN (
            SELECT
              anon_11.row_key AS row_key,
              facts.meeting_numbers.meeting_ref AS meeting_ref,
              ROW_NUMBER() OVER (
                PARTITION BY anon_11.row_key
                ORDER BY ABS(facts.meeting_numbers.held_on - anon_11.held_on), facts.meeting_numbers.meeting_ref
              ) AS place
            FROM (
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'nhs:' || anon_9.nhs_number AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.nhs_number IS NULL
              UNION ALL
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'upn:' || anon_9.upn AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.upn IS NULL
              UNION ALL
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'ref:' || anon_9.child_ref AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.child_ref IS NULL
            ) AS anon_11
            JOIN facts.meeting_numbers
              ON facts.meeting_numbers.number = anon_11.number
            JOIN facts.calendar AS calendar_1
              ON calendar_1.day = anon_11.held_on
            JOIN facts.calendar AS calendar_2
              ON calendar_2.day = facts.meeting_numbers.held_on
            WHERE
              ABS(calendar_2.working_day_number - calendar_1.working_day_number) <= 1 /* matching.within_working_days */
          ) AS anon_10
            ON anon_10.row_key = anon_9.row_key AND anon_10.place = 1
        ) AS anon_7
      ) AS anon_6
      WHERE
        NOT anon_6.nhs_number IS NULL
      UNION ALL
      SELECT
        anon_6.held_ref AS held_ref,
        anon_6.is_sent AS is_sent,
        anon_6.is_received AS is_received,
        'upn:' || anon_6.upn AS number
      FROM (
        SELECT
          anon_7.child_ref AS child_ref,
          anon_7.nhs_number AS nhs_number,
          anon_7.upn AS upn,
          anon_7.said_by AS said_by,
          anon_7.agency_code AS agency_code,
          anon_7.meeting_ref AS meeting_ref,
          anon_7.held_on AS held_on,
          anon_7.item_code AS item_code,
          anon_7.sent_at AS sent_at,
          anon_7.method_code AS method_code,
          anon_7.received_at AS received_at,
          anon_7.filed_at AS filed_at,
          anon_7.delivery_id AS delivery_id,
          anon_7.source_member AS source_member,
          anon_7.source_row AS source_row,
          anon_7.row_key AS row_key,
          anon_7.row_hash AS row_hash,
          anon_7.valid_from AS valid_from,
          anon_7.valid_to AS valid_to,
          anon_7.known_from AS known_from,
          anon_7.known_to AS known_to,
          anon_7.held_ref AS held_ref,
          anon_7.said_by = 'csc' AND NOT anon_7.sent_at IS NULL AS is_sent,
          anon_7.said_by = anon_7.agency_code
          AND NOT COALESCE(anon_7.received_at, anon_7.filed_at) IS NULL AS is_received
        FROM (
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
            held.meeting_ref AS held_ref
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
            WHERE
              facts.plan_circulation.agency_code = 'health_gp'
          ) AS anon_8
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
            ON held.meeting_ref = anon_8.meeting_ref
          UNION ALL
          SELECT
            anon_9.child_ref AS child_ref,
            anon_9.nhs_number AS nhs_number,
            anon_9.upn AS upn,
            anon_9.said_by AS said_by,
            anon_9.agency_code AS agency_code,
            anon_9.meeting_ref AS meeting_ref,
            anon_9.held_on AS held_on,
            anon_9.item_code AS item_code,
            anon_9.sent_at AS sent_at,
            anon_9.method_code AS method_code,
            anon_9.received_at AS received_at,
            anon_9.filed_at AS filed_at,
            anon_9.delivery_id AS delivery_id,
            anon_9.source_member AS source_member,
            anon_9.source_row AS source_row,
            anon_9.row_key AS row_key,
            anon_9.row_hash AS row_hash,
            anon_9.valid_from AS valid_from,
            anon_9.valid_to AS valid_to,
            anon_9.known_from AS known_from,
            anon_9.known_to AS known_to,
            anon_10.meeting_ref AS meeting_ref_1
          FROM (
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
              anon_8.known_to AS known_to
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
              WHERE
                facts.plan_circulation.agency_code = 'health_gp'
            ) AS anon_8
            LEFT OUTER JOIN facts.strategy_meetings
              ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
            WHERE
              facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
          ) AS anon_9
          JOIN (
            SELECT
              anon_11.row_key AS row_key,
              facts.meeting_numbers.meeting_ref AS meeting_ref,
              ROW_NUMBER() OVER (
                PARTITION BY anon_11.row_key
                ORDER BY ABS(facts.meeting_numbers.held_on - anon_11.held_on), facts.meeting_numbers.meeting_ref
              ) AS place
            FROM (
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'nhs:' || anon_9.nhs_number AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.nhs_number IS NULL
              UNION ALL
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'upn:' || anon_9.upn AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.upn IS NULL
              UNION ALL
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'ref:' || anon_9.child_ref AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.child_ref IS NULL
            ) AS anon_11
            JOIN facts.meeting_numbers
              ON facts.meeting_numbers.number = anon_11.number
            JOIN facts.calendar AS calendar_1
              ON calendar_1.day = anon_11.held_on
            JOIN facts.calendar AS calendar_2
              ON calendar_2.day = facts.meeting_numbers.held_on
            WHERE
              ABS(calendar_2.working_day_number - calendar_1.working_day_number) <= 1 /* matching.within_working_days */
          ) AS anon_10
            ON anon_10.row_key = anon_9.row_key AND anon_10.place = 1
        ) AS anon_7
      ) AS anon_6
      WHERE
        NOT anon_6.upn IS NULL
      UNION ALL
      SELECT
        anon_6.held_ref AS held_ref,
        anon_6.is_sent AS is_sent,
        anon_6.is_received AS is_received,
        'ref:' || anon_6.child_ref AS number
      FROM (
        SELECT
          anon_7.child_ref AS child_ref,
          anon_7.nhs_number AS nhs_number,
          anon_7.upn AS upn,
          anon_7.said_by AS said_by,
          anon_7.agency_code AS agency_code,
          anon_7.meeting_ref AS meeting_ref,
          anon_7.held_on AS held_on,
          anon_7.item_code AS item_code,
          anon_7.sent_at AS sent_at,
          anon_7.method_code AS method_code,
          anon_7.received_at AS received_at,
          anon_7.filed_at AS filed_at,
          anon_7.delivery_id AS delivery_id,
          anon_7.source_member AS source_member,
          anon_7.source_row AS source_row,
          anon_7.row_key AS row_key,
          anon_7.row_hash AS row_hash,
          anon_7.valid_from AS valid_from,
          anon_7.valid_to AS valid_to,
          anon_7.known_from AS known_from,
          anon_7.known_to AS known_to,
          anon_7.held_ref AS held_ref,
          anon_7.said_by = 'csc' AND NOT anon_7.sent_at IS NULL AS is_sent,
          anon_7.said_by = anon_7.agency_code
          AND NOT COALESCE(anon_7.received_at, anon_7.filed_at) IS NULL AS is_received
        FROM (
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
            held.meeting_ref AS held_ref
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
            WHERE
              facts.plan_circulation.agency_code = 'health_gp'
          ) AS anon_8
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
            ON held.meeting_ref = anon_8.meeting_ref
          UNION ALL
          SELECT
            anon_9.child_ref AS child_ref,
            anon_9.nhs_number AS nhs_number,
            anon_9.upn AS upn,
            anon_9.said_by AS said_by,
            anon_9.agency_code AS agency_code,
            anon_9.meeting_ref AS meeting_ref,
            anon_9.held_on AS held_on,
            anon_9.item_code AS item_code,
            anon_9.sent_at AS sent_at,
            anon_9.method_code AS method_code,
            anon_9.received_at AS received_at,
            anon_9.filed_at AS filed_at,
            anon_9.delivery_id AS delivery_id,
            anon_9.source_member AS source_member,
            anon_9.source_row AS source_row,
            anon_9.row_key AS row_key,
            anon_9.row_hash AS row_hash,
            anon_9.valid_from AS valid_from,
            anon_9.valid_to AS valid_to,
            anon_9.known_from AS known_from,
            anon_9.known_to AS known_to,
            anon_10.meeting_ref AS meeting_ref_1
          FROM (
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
              anon_8.known_to AS known_to
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
              WHERE
                facts.plan_circulation.agency_code = 'health_gp'
            ) AS anon_8
            LEFT OUTER JOIN facts.strategy_meetings
              ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
            WHERE
              facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
          ) AS anon_9
          JOIN (
            SELECT
              anon_11.row_key AS row_key,
              facts.meeting_numbers.meeting_ref AS meeting_ref,
              ROW_NUMBER() OVER (
                PARTITION BY anon_11.row_key
                ORDER BY ABS(facts.meeting_numbers.held_on - anon_11.held_on), facts.meeting_numbers.meeting_ref
              ) AS place
            FROM (
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'nhs:' || anon_9.nhs_number AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.nhs_number IS NULL
              UNION ALL
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'upn:' || anon_9.upn AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.upn IS NULL
              UNION ALL
              SELECT
                anon_9.row_key AS row_key,
                anon_9.held_on AS held_on,
                'ref:' || anon_9.child_ref AS number
              FROM (
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
                  anon_8.known_to AS known_to
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
                  WHERE
                    facts.plan_circulation.agency_code = 'health_gp'
                ) AS anon_8
                LEFT OUTER JOIN facts.strategy_meetings
                  ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
                WHERE
                  facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
              ) AS anon_9
              WHERE
                NOT anon_9.child_ref IS NULL
            ) AS anon_11
            JOIN facts.meeting_numbers
              ON facts.meeting_numbers.number = anon_11.number
            JOIN facts.calendar AS calendar_1
              ON calendar_1.day = anon_11.held_on
            JOIN facts.calendar AS calendar_2
              ON calendar_2.day = facts.meeting_numbers.held_on
            WHERE
              ABS(calendar_2.working_day_number - calendar_1.working_day_number) <= 1 /* matching.within_working_days */
          ) AS anon_10
            ON anon_10.row_key = anon_9.row_key AND anon_10.place = 1
        ) AS anon_7
      ) AS anon_6
      WHERE
        NOT anon_6.child_ref IS NULL
    ) AS anon_5
    UNION ALL
    SELECT
      anon_6.held_ref AS held_ref,
      anon_6.is_sent AS is_sent,
      anon_6.is_received AS is_received,
      CAST(NULL AS TEXT) AS anon_12
    FROM (
      SELECT
        anon_7.child_ref AS child_ref,
        anon_7.nhs_number AS nhs_number,
        anon_7.upn AS upn,
        anon_7.said_by AS said_by,
        anon_7.agency_code AS agency_code,
        anon_7.meeting_ref AS meeting_ref,
        anon_7.held_on AS held_on,
        anon_7.item_code AS item_code,
        anon_7.sent_at AS sent_at,
        anon_7.method_code AS method_code,
        anon_7.received_at AS received_at,
        anon_7.filed_at AS filed_at,
        anon_7.delivery_id AS delivery_id,
        anon_7.source_member AS source_member,
        anon_7.source_row AS source_row,
        anon_7.row_key AS row_key,
        anon_7.row_hash AS row_hash,
        anon_7.valid_from AS valid_from,
        anon_7.valid_to AS valid_to,
        anon_7.known_from AS known_from,
        anon_7.known_to AS known_to,
        anon_7.held_ref AS held_ref,
        anon_7.said_by = 'csc' AND NOT anon_7.sent_at IS NULL AS is_sent,
        anon_7.said_by = anon_7.agency_code
        AND NOT COALESCE(anon_7.received_at, anon_7.filed_at) IS NULL AS is_received
      FROM (
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
          held.meeting_ref AS held_ref
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
          WHERE
            facts.plan_circulation.agency_code = 'health_gp'
        ) AS anon_8
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
          ON held.meeting_ref = anon_8.meeting_ref
        UNION ALL
        SELECT
          anon_9.child_ref AS child_ref,
          anon_9.nhs_number AS nhs_number,
          anon_9.upn AS upn,
          anon_9.said_by AS said_by,
          anon_9.agency_code AS agency_code,
          anon_9.meeting_ref AS meeting_ref,
          anon_9.held_on AS held_on,
          anon_9.item_code AS item_code,
          anon_9.sent_at AS sent_at,
          anon_9.method_code AS method_code,
          anon_9.received_at AS received_at,
          anon_9.filed_at AS filed_at,
          anon_9.delivery_id AS delivery_id,
          anon_9.source_member AS source_member,
          anon_9.source_row AS source_row,
          anon_9.row_key AS row_key,
          anon_9.row_hash AS row_hash,
          anon_9.valid_from AS valid_from,
          anon_9.valid_to AS valid_to,
          anon_9.known_from AS known_from,
          anon_9.known_to AS known_to,
          anon_10.meeting_ref AS meeting_ref_1
        FROM (
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
            anon_8.known_to AS known_to
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
            WHERE
              facts.plan_circulation.agency_code = 'health_gp'
          ) AS anon_8
          LEFT OUTER JOIN facts.strategy_meetings
            ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
          WHERE
            facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
        ) AS anon_9
        JOIN (
          SELECT
            anon_11.row_key AS row_key,
            facts.meeting_numbers.meeting_ref AS meeting_ref,
            ROW_NUMBER() OVER (
              PARTITION BY anon_11.row_key
              ORDER BY ABS(facts.meeting_numbers.held_on - anon_11.held_on), facts.meeting_numbers.meeting_ref
            ) AS place
          FROM (
            SELECT
              anon_9.row_key AS row_key,
              anon_9.held_on AS held_on,
              'nhs:' || anon_9.nhs_number AS number
            FROM (
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
                anon_8.known_to AS known_to
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
                WHERE
                  facts.plan_circulation.agency_code = 'health_gp'
              ) AS anon_8
              LEFT OUTER JOIN facts.strategy_meetings
                ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
              WHERE
                facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
            ) AS anon_9
            WHERE
              NOT anon_9.nhs_number IS NULL
            UNION ALL
            SELECT
              anon_9.row_key AS row_key,
              anon_9.held_on AS held_on,
              'upn:' || anon_9.upn AS number
            FROM (
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
                anon_8.known_to AS known_to
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
                WHERE
                  facts.plan_circulation.agency_code = 'health_gp'
              ) AS anon_8
              LEFT OUTER JOIN facts.strategy_meetings
                ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
              WHERE
                facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
            ) AS anon_9
            WHERE
              NOT anon_9.upn IS NULL
            UNION ALL
            SELECT
              anon_9.row_key AS row_key,
              anon_9.held_on AS held_on,
              'ref:' || anon_9.child_ref AS number
            FROM (
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
                anon_8.known_to AS known_to
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
                WHERE
                  facts.plan_circulation.agency_code = 'health_gp'
              ) AS anon_8
              LEFT OUTER JOIN facts.strategy_meetings
                ON facts.strategy_meetings.meeting_ref = anon_8.meeting_ref
              WHERE
                facts.strategy_meetings.meeting_ref IS NULL AND NOT anon_8.held_on IS NULL
            ) AS anon_9
            WHERE
              NOT anon_9.child_ref IS NULL
          ) AS anon_11
          JOIN facts.meeting_numbers
            ON facts.meeting_numbers.number = anon_11.number
          JOIN facts.calendar AS calendar_1
            ON calendar_1.day = anon_11.held_on
          JOIN facts.calendar AS calendar_2
            ON calendar_2.day = facts.meeting_numbers.held_on
          WHERE
            ABS(calendar_2.working_day_number - calendar_1.working_day_number) <= 1 /* matching.within_working_days */
        ) AS anon_10
          ON anon_10.row_key = anon_9.row_key AND anon_10.place = 1
      ) AS anon_7
    ) AS anon_6
    WHERE
      anon_6.nhs_number IS NULL AND anon_6.upn IS NULL AND anon_6.child_ref IS NULL
  ) AS anon_4
  GROUP BY
    anon_4.held_ref,
    anon_4.number
) AS anon_2
  ON anon_2.held_ref = facts.meeting_numbers.meeting_ref
  AND (
    anon_2.number IS NULL OR facts.meeting_numbers.number = anon_2.number
  )
GROUP BY
  reporting.csa_meetings.meeting_ref,
  reporting.csa_meetings.held_on,
  reporting.csa_meetings.month_starts_on,
  facts.meeting_numbers.child;
