-- meeting_numbers: One row is a number by which a child of a held meeting may be known. Identifies children.
--
-- Written by `make docs`: what fills facts.meeting_numbers at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   actions_owned_and_dated
--   agency_uninformed
--   assessment_on_time
--   child_seen_alone
--   closing_discussion
--   genogram_effective
--   gp_told
--   health_attendance_confirmed
--   health_invited
--   health_present
--   icpc_on_time
--   management_decision
--   meeting_on_time
--   plan_shared_on_time
--   plan_shared_with_absent
--   plan_shared_with_all
--   quorate
--   receipt_confirmed
--   records_agree
--   relevant_agency_took_part
--   school_present
--   specialist_health_considered
--   support_started

SELECT
  anon_1.meeting_ref,
  held.held_on,
  anon_1.number,
  anon_1.child
FROM (
  SELECT
    anon_2.meeting_ref AS meeting_ref,
    anon_2.number AS number,
    anon_2.child AS child
  FROM (
    SELECT
      anon_3.meeting_ref AS meeting_ref,
      anon_3.child AS child,
      'nhs:' || anon_3.nhs_number AS number
    FROM (
      SELECT
        facts.meeting_children.child_ref AS child_ref,
        facts.meeting_children.nhs_number AS nhs_number,
        facts.meeting_children.upn AS upn,
        facts.meeting_children.meeting_ref AS meeting_ref,
        facts.meeting_children.delivery_id AS delivery_id,
        facts.meeting_children.source_member AS source_member,
        facts.meeting_children.source_row AS source_row,
        facts.meeting_children.row_key AS row_key,
        facts.meeting_children.row_hash AS row_hash,
        facts.meeting_children.valid_from AS valid_from,
        facts.meeting_children.valid_to AS valid_to,
        facts.meeting_children.known_from AS known_from,
        facts.meeting_children.known_to AS known_to,
        COALESCE(
          child_numbers_1.child,
          CASE
            WHEN (
              NOT facts.meeting_children.child_ref IS NULL
            )
            THEN 'ref:' || facts.meeting_children.child_ref
            WHEN (
              NOT facts.meeting_children.nhs_number IS NULL
            )
            THEN 'nhs:' || facts.meeting_children.nhs_number
            WHEN (
              NOT facts.meeting_children.upn IS NULL
            )
            THEN 'upn:' || facts.meeting_children.upn
          END
        ) AS child
      FROM facts.meeting_children
      LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
        ON child_numbers_1.number = CASE
          WHEN (
            NOT facts.meeting_children.child_ref IS NULL
          )
          THEN 'ref:' || facts.meeting_children.child_ref
          WHEN (
            NOT facts.meeting_children.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.meeting_children.nhs_number
          WHEN (
            NOT facts.meeting_children.upn IS NULL
          )
          THEN 'upn:' || facts.meeting_children.upn
        END
    ) AS anon_3
    WHERE
      NOT anon_3.nhs_number IS NULL
    UNION ALL
    SELECT
      anon_3.meeting_ref AS meeting_ref,
      anon_3.child AS child,
      'upn:' || anon_3.upn AS number
    FROM (
      SELECT
        facts.meeting_children.child_ref AS child_ref,
        facts.meeting_children.nhs_number AS nhs_number,
        facts.meeting_children.upn AS upn,
        facts.meeting_children.meeting_ref AS meeting_ref,
        facts.meeting_children.delivery_id AS delivery_id,
        facts.meeting_children.source_member AS source_member,
        facts.meeting_children.source_row AS source_row,
        facts.meeting_children.row_key AS row_key,
        facts.meeting_children.row_hash AS row_hash,
        facts.meeting_children.valid_from AS valid_from,
        facts.meeting_children.valid_to AS valid_to,
        facts.meeting_children.known_from AS known_from,
        facts.meeting_children.known_to AS known_to,
        COALESCE(
          child_numbers_1.child,
          CASE
            WHEN (
              NOT facts.meeting_children.child_ref IS NULL
            )
            THEN 'ref:' || facts.meeting_children.child_ref
            WHEN (
              NOT facts.meeting_children.nhs_number IS NULL
            )
            THEN 'nhs:' || facts.meeting_children.nhs_number
            WHEN (
              NOT facts.meeting_children.upn IS NULL
            )
            THEN 'upn:' || facts.meeting_children.upn
          END
        ) AS child
      FROM facts.meeting_children
      LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
        ON child_numbers_1.number = CASE
          WHEN (
            NOT facts.meeting_children.child_ref IS NULL
          )
          THEN 'ref:' || facts.meeting_children.child_ref
          WHEN (
            NOT facts.meeting_children.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.meeting_children.nhs_number
          WHEN (
            NOT facts.meeting_children.upn IS NULL
          )
          THEN 'upn:' || facts.meeting_children.upn
        END
    ) AS anon_3
    WHERE
      NOT anon_3.upn IS NULL
    UNION ALL
    SELECT
      anon_3.meeting_ref AS meeting_ref,
      anon_3.child AS child,
      'ref:' || anon_3.child_ref AS number
    FROM (
      SELECT
        facts.meeting_children.child_ref AS child_ref,
        facts.meeting_children.nhs_number AS nhs_number,
        facts.meeting_children.upn AS upn,
        facts.meeting_children.meeting_ref AS meeting_ref,
        facts.meeting_children.delivery_id AS delivery_id,
        facts.meeting_children.source_member AS source_member,
        facts.meeting_children.source_row AS source_row,
        facts.meeting_children.row_key AS row_key,
        facts.meeting_children.row_hash AS row_hash,
        facts.meeting_children.valid_from AS valid_from,
        facts.meeting_children.valid_to AS valid_to,
        facts.meeting_children.known_from AS known_from,
        facts.meeting_children.known_to AS known_to,
        COALESCE(
          child_numbers_1.child,
          CASE
            WHEN (
              NOT facts.meeting_children.child_ref IS NULL
            )
            THEN 'ref:' || facts.meeting_children.child_ref
            WHEN (
              NOT facts.meeting_children.nhs_number IS NULL
            )
            THEN 'nhs:' || facts.meeting_children.nhs_number
            WHEN (
              NOT facts.meeting_children.upn IS NULL
            )
            THEN 'upn:' || facts.meeting_children.upn
          END
        ) AS child
      FROM facts.meeting_children
      LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
        ON child_numbers_1.number = CASE
          WHEN (
            NOT facts.meeting_children.child_ref IS NULL
          )
          THEN 'ref:' || facts.meeting_children.child_ref
          WHEN (
            NOT facts.meeting_children.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.meeting_children.nhs_number
          WHEN (
            NOT facts.meeting_children.upn IS NULL
          )
          THEN 'upn:' || facts.meeting_children.upn
        END
    ) AS anon_3
    WHERE
      NOT anon_3.child_ref IS NULL
  ) AS anon_2
  UNION
  SELECT
    anon_2.meeting_ref AS meeting_ref,
    child_numbers_2.number AS number,
    anon_2.child AS child
  FROM (
    SELECT
      anon_3.meeting_ref AS meeting_ref,
      anon_3.child AS child,
      'nhs:' || anon_3.nhs_number AS number
    FROM (
      SELECT
        facts.meeting_children.child_ref AS child_ref,
        facts.meeting_children.nhs_number AS nhs_number,
        facts.meeting_children.upn AS upn,
        facts.meeting_children.meeting_ref AS meeting_ref,
        facts.meeting_children.delivery_id AS delivery_id,
        facts.meeting_children.source_member AS source_member,
        facts.meeting_children.source_row AS source_row,
        facts.meeting_children.row_key AS row_key,
        facts.meeting_children.row_hash AS row_hash,
        facts.meeting_children.valid_from AS valid_from,
        facts.meeting_children.valid_to AS valid_to,
        facts.meeting_children.known_from AS known_from,
        facts.meeting_children.known_to AS known_to,
        COALESCE(
          child_numbers_1.child,
          CASE
            WHEN (
              NOT facts.meeting_children.child_ref IS NULL
            )
            THEN 'ref:' || facts.meeting_children.child_ref
            WHEN (
              NOT facts.meeting_children.nhs_number IS NULL
            )
            THEN 'nhs:' || facts.meeting_children.nhs_number
            WHEN (
              NOT facts.meeting_children.upn IS NULL
            )
            THEN 'upn:' || facts.meeting_children.upn
          END
        ) AS child
      FROM facts.meeting_children
      LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
        ON child_numbers_1.number = CASE
          WHEN (
            NOT facts.meeting_children.child_ref IS NULL
          )
          THEN 'ref:' || facts.meeting_children.child_ref
          WHEN (
            NOT facts.meeting_children.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.meeting_children.nhs_number
          WHEN (
            NOT facts.meeting_children.upn IS NULL
          )
          THEN 'upn:' || facts.meeting_children.upn
        END
    ) AS anon_3
    WHERE
      NOT anon_3.nhs_number IS NULL
    UNION ALL
    SELECT
      anon_3.meeting_ref AS meeting_ref,
      anon_3.child AS child,
      'upn:' || anon_3.upn AS number
    FROM (
      SELECT
        facts.meeting_children.child_ref AS child_ref,
        facts.meeting_children.nhs_number AS nhs_number,
        facts.meeting_children.upn AS upn,
        facts.meeting_children.meeting_ref AS meeting_ref,
        facts.meeting_children.delivery_id AS delivery_id,
        facts.meeting_children.source_member AS source_member,
        facts.meeting_children.source_row AS source_row,
        facts.meeting_children.row_key AS row_key,
        facts.meeting_children.row_hash AS row_hash,
        facts.meeting_children.valid_from AS valid_from,
        facts.meeting_children.valid_to AS valid_to,
        facts.meeting_children.known_from AS known_from,
        facts.meeting_children.known_to AS known_to,
        COALESCE(
          child_numbers_1.child,
          CASE
            WHEN (
              NOT facts.meeting_children.child_ref IS NULL
            )
            THEN 'ref:' || facts.meeting_children.child_ref
            WHEN (
              NOT facts.meeting_children.nhs_number IS NULL
            )
            THEN 'nhs:' || facts.meeting_children.nhs_number
            WHEN (
              NOT facts.meeting_children.upn IS NULL
            )
            THEN 'upn:' || facts.meeting_children.upn
          END
        ) AS child
      FROM facts.meeting_children
      LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
        ON child_numbers_1.number = CASE
          WHEN (
            NOT facts.meeting_children.child_ref IS NULL
          )
          THEN 'ref:' || facts.meeting_children.child_ref
          WHEN (
            NOT facts.meeting_children.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.meeting_children.nhs_number
          WHEN (
            NOT facts.meeting_children.upn IS NULL
          )
          THEN 'upn:' || facts.meeting_children.upn
        END
    ) AS anon_3
    WHERE
      NOT anon_3.upn IS NULL
    UNION ALL
    SELECT
      anon_3.meeting_ref AS meeting_ref,
      anon_3.child AS child,
      'ref:' || anon_3.child_ref AS number
    FROM (
      SELECT
        facts.meeting_children.child_ref AS child_ref,
        facts.meeting_children.nhs_number AS nhs_number,
        facts.meeting_children.upn AS upn,
        facts.meeting_children.meeting_ref AS meeting_ref,
        facts.meeting_children.delivery_id AS delivery_id,
        facts.meeting_children.source_member AS source_member,
        facts.meeting_children.source_row AS source_row,
        facts.meeting_children.row_key AS row_key,
        facts.meeting_children.row_hash AS row_hash,
        facts.meeting_children.valid_from AS valid_from,
        facts.meeting_children.valid_to AS valid_to,
        facts.meeting_children.known_from AS known_from,
        facts.meeting_children.known_to AS known_to,
        COALESCE(
          child_numbers_1.child,
          CASE
            WHEN (
              NOT facts.meeting_children.child_ref IS NULL
            )
            THEN 'ref:' || facts.meeting_children.child_ref
            WHEN (
              NOT facts.meeting_children.nhs_number IS NULL
            )
            THEN 'nhs:' || facts.meeting_children.nhs_number
            WHEN (
              NOT facts.meeting_children.upn IS NULL
            )
            THEN 'upn:' || facts.meeting_children.upn
          END
        ) AS child
      FROM facts.meeting_children
      LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
        ON child_numbers_1.number = CASE
          WHEN (
            NOT facts.meeting_children.child_ref IS NULL
          )
          THEN 'ref:' || facts.meeting_children.child_ref
          WHEN (
            NOT facts.meeting_children.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.meeting_children.nhs_number
          WHEN (
            NOT facts.meeting_children.upn IS NULL
          )
          THEN 'upn:' || facts.meeting_children.upn
        END
    ) AS anon_3
    WHERE
      NOT anon_3.child_ref IS NULL
  ) AS anon_2
  JOIN facts.child_numbers AS child_numbers_3
    ON child_numbers_3.number = anon_2.number
  JOIN facts.child_numbers AS child_numbers_2
    ON child_numbers_2.child = child_numbers_3.child
) AS anon_1
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
  ON held.meeting_ref = anon_1.meeting_ref;
