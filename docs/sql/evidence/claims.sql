-- claims: One row is what one agency says of an agency's part in a meeting. Both words are kept.
--
-- Written by `make docs`: what fills reporting.claims at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   agency_uninformed
--   health_attendance_confirmed
--   health_invited
--   health_present
--   plan_shared_on_time
--   plan_shared_with_absent
--   plan_shared_with_all
--   quorate
--   receipt_confirmed
--   relevant_agency_took_part
--   school_present
--   specialist_health_considered

SELECT
  reporting.csa_meetings.meeting_ref,
  anon_1.agency_code,
  anon_1.said_by,
  COALESCE(BOOL_OR(CAST(anon_1.attendance_code IN ('attended', 'deputy') AS BOOLEAN)), FALSE) AS coalesce_1,
  COALESCE(
    BOOL_OR(
      CAST(anon_1.attendance_code <> 'not_invited'
      AND CASE
        WHEN (
          reporting.csa_meetings.held_at = CAST(reporting.csa_meetings.held_at AS DATE)
        )
        THEN CAST(anon_1.invited_at AS DATE) <= reporting.csa_meetings.held_on
        ELSE anon_1.invited_at <= reporting.csa_meetings.held_at
      END AS BOOLEAN)
    ),
    FALSE
  ) AS coalesce_2,
  COALESCE(BOOL_OR(CAST(anon_1.contributed_information AS BOOLEAN)), FALSE) AS coalesce_3,
  COALESCE(
    BOOL_OR(
      CAST(anon_1.attendance_code <> 'not_invited'
      AND NOT anon_1.invited_at IS NULL
      OR anon_1.attendance_code IN ('attended', 'deputy', 'apologies', 'did_not_attend')
      OR anon_1.contributed_information AS BOOLEAN)
    ),
    FALSE
  ) AS coalesce_4,
  COALESCE(
    BOOL_OR(
      CAST((
        anon_1.agency_code IN ('sarc', 'health_paediatrics')
        OR anon_1.role_code IN ('sarc_clinician', 'paediatrician')
      )
      AND (
        anon_1.attendance_code IN ('attended', 'deputy')
        OR anon_1.contributed_information
      ) AS BOOLEAN)
    ),
    FALSE
  ) AS coalesce_5,
  COALESCE(BOOL_OR(CAST(NOT reporting.returns.agency_code IS NULL AS BOOLEAN)), FALSE) AS coalesce_6
FROM (
  SELECT
    facts.meeting_participation.child_ref AS child_ref,
    facts.meeting_participation.nhs_number AS nhs_number,
    facts.meeting_participation.upn AS upn,
    facts.meeting_participation.said_by AS said_by,
    facts.meeting_participation.agency_code AS agency_code,
    facts.meeting_participation.meeting_ref AS meeting_ref,
    facts.meeting_participation.held_on AS held_on,
    facts.meeting_participation.role_code AS role_code,
    facts.meeting_participation.was_involved AS was_involved,
    facts.meeting_participation.invited_at AS invited_at,
    facts.meeting_participation.attendance_code AS attendance_code,
    facts.meeting_participation.contributed_information AS contributed_information,
    facts.meeting_participation.delivery_id AS delivery_id,
    facts.meeting_participation.source_member AS source_member,
    facts.meeting_participation.source_row AS source_row,
    facts.meeting_participation.row_key AS row_key,
    facts.meeting_participation.row_hash AS row_hash,
    facts.meeting_participation.valid_from AS valid_from,
    facts.meeting_participation.valid_to AS valid_to,
    facts.meeting_participation.known_from AS known_from,
    facts.meeting_participation.known_to AS known_to,
    held.meeting_ref AS held_ref
  FROM facts.meeting_participation
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
    ON held.meeting_ref = facts.meeting_participation.meeting_ref
  UNION ALL
  SELECT
    anon_2.child_ref AS child_ref,
    anon_2.nhs_number AS nhs_number,
    anon_2.upn AS upn,
    anon_2.said_by AS said_by,
    anon_2.agency_code AS agency_code,
    anon_2.meeting_ref AS meeting_ref,
    anon_2.held_on AS held_on,
    anon_2.role_code AS role_code,
    anon_2.was_involved AS was_involved,
    anon_2.invited_at AS invited_at,
    anon_2.attendance_code AS attendance_code,
    anon_2.contributed_information AS contributed_information,
    anon_2.delivery_id AS delivery_id,
    anon_2.source_member AS source_member,
    anon_2.source_row AS source_row,
    anon_2.row_key AS row_key,
    anon_2.row_hash AS row_hash,
    anon_2.valid_from AS valid_from,
    anon_2.valid_to AS valid_to,
    anon_2.known_from AS known_from,
    anon_2.known_to AS known_to,
    anon_3.meeting_ref AS meeting_ref_1
  FROM (
    SELECT
      facts.meeting_participation.child_ref AS child_ref,
      facts.meeting_participation.nhs_number AS nhs_number,
      facts.meeting_participation.upn AS upn,
      facts.meeting_participation.said_by AS said_by,
      facts.meeting_participation.agency_code AS agency_code,
      facts.meeting_participation.meeting_ref AS meeting_ref,
      facts.meeting_participation.held_on AS held_on,
      facts.meeting_participation.role_code AS role_code,
      facts.meeting_participation.was_involved AS was_involved,
      facts.meeting_participation.invited_at AS invited_at,
      facts.meeting_participation.attendance_code AS attendance_code,
      facts.meeting_participation.contributed_information AS contributed_information,
      facts.meeting_participation.delivery_id AS delivery_id,
      facts.meeting_participation.source_member AS source_member,
      facts.meeting_participation.source_row AS source_row,
      facts.meeting_participation.row_key AS row_key,
      facts.meeting_participation.row_hash AS row_hash,
      facts.meeting_participation.valid_from AS valid_from,
      facts.meeting_participation.valid_to AS valid_to,
      facts.meeting_participation.known_from AS known_from,
      facts.meeting_participation.known_to AS known_to
    FROM facts.meeting_participation
    LEFT OUTER JOIN facts.strategy_meetings
      ON facts.strategy_meetings.meeting_ref = facts.meeting_participation.meeting_ref
    WHERE
      facts.strategy_meetings.meeting_ref IS NULL
      AND NOT facts.meeting_participation.held_on IS NULL
  ) AS anon_2
  JOIN (
    SELECT
      anon_4.row_key AS row_key,
      facts.meeting_numbers.meeting_ref AS meeting_ref,
      ROW_NUMBER() OVER (
        PARTITION BY anon_4.row_key
        ORDER BY ABS(facts.meeting_numbers.held_on - anon_4.held_on), facts.meeting_numbers.meeting_ref
      ) AS place
    FROM (
      SELECT
        anon_2.row_key AS row_key,
        anon_2.held_on AS held_on,
        'nhs:' || anon_2.nhs_number AS number
      FROM (
        SELECT
          facts.meeting_participation.child_ref AS child_ref,
          facts.meeting_participation.nhs_number AS nhs_number,
          facts.meeting_participation.upn AS upn,
          facts.meeting_participation.said_by AS said_by,
          facts.meeting_participation.agency_code AS agency_code,
          facts.meeting_participation.meeting_ref AS meeting_ref,
          facts.meeting_participation.held_on AS held_on,
          facts.meeting_participation.role_code AS role_code,
          facts.meeting_participation.was_involved AS was_involved,
          facts.meeting_participation.invited_at AS invited_at,
          facts.meeting_participation.attendance_code AS attendance_code,
          facts.meeting_participation.contributed_information AS contributed_information,
          facts.meeting_participation.delivery_id AS delivery_id,
          facts.meeting_participation.source_member AS source_member,
          facts.meeting_participation.source_row AS source_row,
          facts.meeting_participation.row_key AS row_key,
          facts.meeting_participation.row_hash AS row_hash,
          facts.meeting_participation.valid_from AS valid_from,
          facts.meeting_participation.valid_to AS valid_to,
          facts.meeting_participation.known_from AS known_from,
          facts.meeting_participation.known_to AS known_to
        FROM facts.meeting_participation
        LEFT OUTER JOIN facts.strategy_meetings
          ON facts.strategy_meetings.meeting_ref = facts.meeting_participation.meeting_ref
        WHERE
          facts.strategy_meetings.meeting_ref IS NULL
          AND NOT facts.meeting_participation.held_on IS NULL
      ) AS anon_2
      WHERE
        NOT anon_2.nhs_number IS NULL
      UNION ALL
      SELECT
        anon_2.row_key AS row_key,
        anon_2.held_on AS held_on,
        'upn:' || anon_2.upn AS number
      FROM (
        SELECT
          facts.meeting_participation.child_ref AS child_ref,
          facts.meeting_participation.nhs_number AS nhs_number,
          facts.meeting_participation.upn AS upn,
          facts.meeting_participation.said_by AS said_by,
          facts.meeting_participation.agency_code AS agency_code,
          facts.meeting_participation.meeting_ref AS meeting_ref,
          facts.meeting_participation.held_on AS held_on,
          facts.meeting_participation.role_code AS role_code,
          facts.meeting_participation.was_involved AS was_involved,
          facts.meeting_participation.invited_at AS invited_at,
          facts.meeting_participation.attendance_code AS attendance_code,
          facts.meeting_participation.contributed_information AS contributed_information,
          facts.meeting_participation.delivery_id AS delivery_id,
          facts.meeting_participation.source_member AS source_member,
          facts.meeting_participation.source_row AS source_row,
          facts.meeting_participation.row_key AS row_key,
          facts.meeting_participation.row_hash AS row_hash,
          facts.meeting_participation.valid_from AS valid_from,
          facts.meeting_participation.valid_to AS valid_to,
          facts.meeting_participation.known_from AS known_from,
          facts.meeting_participation.known_to AS known_to
        FROM facts.meeting_participation
        LEFT OUTER JOIN facts.strategy_meetings
          ON facts.strategy_meetings.meeting_ref = facts.meeting_participation.meeting_ref
        WHERE
          facts.strategy_meetings.meeting_ref IS NULL
          AND NOT facts.meeting_participation.held_on IS NULL
      ) AS anon_2
      WHERE
        NOT anon_2.upn IS NULL
      UNION ALL
      SELECT
        anon_2.row_key AS row_key,
        anon_2.held_on AS held_on,
        'ref:' || anon_2.child_ref AS number
      FROM (
        SELECT
          facts.meeting_participation.child_ref AS child_ref,
          facts.meeting_participation.nhs_number AS nhs_number,
          facts.meeting_participation.upn AS upn,
          facts.meeting_participation.said_by AS said_by,
          facts.meeting_participation.agency_code AS agency_code,
          facts.meeting_participation.meeting_ref AS meeting_ref,
          facts.meeting_participation.held_on AS held_on,
          facts.meeting_participation.role_code AS role_code,
          facts.meeting_participation.was_involved AS was_involved,
          facts.meeting_participation.invited_at AS invited_at,
          facts.meeting_participation.attendance_code AS attendance_code,
          facts.meeting_participation.contributed_information AS contributed_information,
          facts.meeting_participation.delivery_id AS delivery_id,
          facts.meeting_participation.source_member AS source_member,
          facts.meeting_participation.source_row AS source_row,
          facts.meeting_participation.row_key AS row_key,
          facts.meeting_participation.row_hash AS row_hash,
          facts.meeting_participation.valid_from AS valid_from,
          facts.meeting_participation.valid_to AS valid_to,
          facts.meeting_participation.known_from AS known_from,
          facts.meeting_participation.known_to AS known_to
        FROM facts.meeting_participation
        LEFT OUTER JOIN facts.strategy_meetings
          ON facts.strategy_meetings.meeting_ref = facts.meeting_participation.meeting_ref
        WHERE
          facts.strategy_meetings.meeting_ref IS NULL
          AND NOT facts.meeting_participation.held_on IS NULL
      ) AS anon_2
      WHERE
        NOT anon_2.child_ref IS NULL
    ) AS anon_4
    JOIN facts.meeting_numbers
      ON facts.meeting_numbers.number = anon_4.number
    JOIN facts.calendar AS calendar_1
      ON calendar_1.day = anon_4.held_on
    JOIN facts.calendar AS calendar_2
      ON calendar_2.day = facts.meeting_numbers.held_on
    WHERE
      ABS(calendar_2.working_day_number - calendar_1.working_day_number) <= 1 /* matching.within_working_days */
  ) AS anon_3
    ON anon_3.row_key = anon_2.row_key AND anon_3.place = 1
) AS anon_1
JOIN reporting.csa_meetings
  ON reporting.csa_meetings.meeting_ref = anon_1.held_ref
LEFT OUTER JOIN reporting.returns
  ON reporting.returns.table_name = 'meeting_participation'
  AND reporting.returns.agency_code = anon_1.agency_code
  AND reporting.returns.month_starts_on = reporting.csa_meetings.month_starts_on
WHERE
  anon_1.said_by = 'csc' OR anon_1.said_by = anon_1.agency_code
GROUP BY
  reporting.csa_meetings.meeting_ref,
  anon_1.agency_code,
  anon_1.said_by;
