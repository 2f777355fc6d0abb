-- csa_meetings: One row is a strategy meeting held about child sexual abuse: the cohort of the metrics.
--
-- Written by `make docs`: what fills reporting.csa_meetings at a refresh, as DuckDB works it out.
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
  anon_1.s47_ref,
  anon_1.held_at,
  anon_1.held_on,
  anon_1.month_starts_on,
  anon_1.concern_on,
  anon_1.urgency_code,
  anon_1.mode_code,
  anon_1.sequence,
  anon_1.is_family,
  anon_1.is_known_by_concern,
  anon_1.specialist_health_code,
  anon_1.decision_on,
  FIRST_VALUE(anon_1.meeting_ref) OVER (
    PARTITION BY anon_1.enquiry, CASE
      WHEN (
        anon_1.enquiry IS NULL AND anon_1.has_concern
      )
      THEN anon_1.concern_on
    END, CASE WHEN (
      anon_1.enquiry IS NULL AND anon_1.has_concern
    ) THEN anon_1.child END, CASE
      WHEN (
        anon_1.enquiry IS NULL AND NOT anon_1.has_concern
      )
      THEN anon_1.meeting_ref
    END
    ORDER BY anon_1.held_at, anon_1.meeting_ref
  ) AS anon_2,
  MIN(anon_1.held_on) OVER (
    PARTITION BY anon_1.enquiry, CASE
      WHEN (
        anon_1.enquiry IS NULL AND anon_1.has_concern
      )
      THEN anon_1.concern_on
    END, CASE WHEN (
      anon_1.enquiry IS NULL AND anon_1.has_concern
    ) THEN anon_1.child END, CASE
      WHEN (
        anon_1.enquiry IS NULL AND NOT anon_1.has_concern
      )
      THEN anon_1.meeting_ref
    END
  ) AS anon_3,
  MIN(CASE WHEN (
    anon_1.concern_on <= anon_1.held_on
  ) THEN anon_1.concern_on END) OVER (
    PARTITION BY anon_1.enquiry, CASE
      WHEN (
        anon_1.enquiry IS NULL AND anon_1.has_concern
      )
      THEN anon_1.concern_on
    END, CASE WHEN (
      anon_1.enquiry IS NULL AND anon_1.has_concern
    ) THEN anon_1.child END, CASE
      WHEN (
        anon_1.enquiry IS NULL AND NOT anon_1.has_concern
      )
      THEN anon_1.meeting_ref
    END
  ) AS anon_4
FROM (
  SELECT
    anon_5.meeting_ref AS meeting_ref,
    anon_5.s47_ref AS s47_ref,
    anon_5.held_at AS held_at,
    anon_5.held_on AS held_on,
    anon_5.month_starts_on AS month_starts_on,
    anon_5.concern_on AS concern_on,
    anon_5.urgency_code AS urgency_code,
    anon_5.mode_code AS mode_code,
    anon_5.sequence AS sequence,
    anon_5.is_family AS is_family,
    anon_5.is_known_by_concern AS is_known_by_concern,
    anon_5.specialist_health_code AS specialist_health_code,
    anon_5.decision_on AS decision_on,
    anon_6.child AS child,
    NOT anon_5.concern_on IS NULL AND NOT anon_6.child IS NULL AS has_concern,
    COALESCE(
      anon_5.s47_ref,
      CASE
        WHEN (
          NOT anon_5.concern_on IS NULL AND NOT anon_6.child IS NULL
        )
        THEN MIN(anon_5.s47_ref) OVER (PARTITION BY anon_5.concern_on, anon_6.child)
      END
    ) AS enquiry
  FROM (
    SELECT
      held.meeting_ref AS meeting_ref,
      held.s47_ref AS s47_ref,
      held.held_at AS held_at,
      held.held_on AS held_on,
      facts.calendar.month_starts_on AS month_starts_on,
      CAST(held.concern_identified_at AS DATE) AS concern_on,
      held.urgency_code AS urgency_code,
      held.mode_code AS mode_code,
      held.sequence AS sequence,
      COALESCE(held.csa_context_code = 'family', FALSE) AS is_family,
      COALESCE(
        held.concern_codes LIKE '%%|sexual_abuse|%%'
        OR held.csa_context_code IN ('family', 'other'),
        FALSE
      ) AS is_known_by_concern,
      held.specialist_health_code AS specialist_health_code,
      CASE
        WHEN COALESCE(held.decision_role_code IN ('team_manager', 'service_manager'), TRUE)
        THEN CAST(held.decision_at AS DATE)
      END AS decision_on
    FROM (
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
    JOIN facts.calendar
      ON facts.calendar.day = held.held_on
    LEFT OUTER JOIN (
      SELECT
        facts.meeting_numbers.meeting_ref AS meeting_ref
      FROM facts.meeting_numbers
      JOIN (
        SELECT
          anon_9.started_on AS started_on,
          anon_9.authorised_on AS authorised_on,
          'nhs:' || anon_9.nhs_number AS number
        FROM (
          SELECT
            facts.assessments.child_ref AS child_ref,
            facts.assessments.nhs_number AS nhs_number,
            facts.assessments.upn AS upn,
            facts.assessments.assessment_ref AS assessment_ref,
            facts.assessments.referred_on AS referred_on,
            facts.assessments.started_on AS started_on,
            facts.assessments.authorised_on AS authorised_on,
            facts.assessments.factor_codes AS factor_codes,
            facts.assessments.genogram_present AS genogram_present,
            facts.assessments.genogram_updated_on AS genogram_updated_on,
            facts.assessments.genogram_used AS genogram_used,
            facts.assessments.child_seen_alone AS child_seen_alone,
            facts.assessments.views_recorded AS views_recorded,
            facts.assessments.management_oversight AS management_oversight,
            facts.assessments.delivery_id AS delivery_id,
            facts.assessments.source_member AS source_member,
            facts.assessments.source_row AS source_row,
            facts.assessments.row_key AS row_key,
            facts.assessments.row_hash AS row_hash,
            facts.assessments.valid_from AS valid_from,
            facts.assessments.valid_to AS valid_to,
            facts.assessments.known_from AS known_from,
            facts.assessments.known_to AS known_to
          FROM facts.assessments
          WHERE
            COALESCE(
              facts.assessments.factor_codes LIKE '%%|19B|%%'
              OR facts.assessments.factor_codes LIKE '%%|19C|%%',
              FALSE
            )
        ) AS anon_9
        WHERE
          NOT anon_9.nhs_number IS NULL
        UNION ALL
        SELECT
          anon_9.started_on AS started_on,
          anon_9.authorised_on AS authorised_on,
          'upn:' || anon_9.upn AS number
        FROM (
          SELECT
            facts.assessments.child_ref AS child_ref,
            facts.assessments.nhs_number AS nhs_number,
            facts.assessments.upn AS upn,
            facts.assessments.assessment_ref AS assessment_ref,
            facts.assessments.referred_on AS referred_on,
            facts.assessments.started_on AS started_on,
            facts.assessments.authorised_on AS authorised_on,
            facts.assessments.factor_codes AS factor_codes,
            facts.assessments.genogram_present AS genogram_present,
            facts.assessments.genogram_updated_on AS genogram_updated_on,
            facts.assessments.genogram_used AS genogram_used,
            facts.assessments.child_seen_alone AS child_seen_alone,
            facts.assessments.views_recorded AS views_recorded,
            facts.assessments.management_oversight AS management_oversight,
            facts.assessments.delivery_id AS delivery_id,
            facts.assessments.source_member AS source_member,
            facts.assessments.source_row AS source_row,
            facts.assessments.row_key AS row_key,
            facts.assessments.row_hash AS row_hash,
            facts.assessments.valid_from AS valid_from,
            facts.assessments.valid_to AS valid_to,
            facts.assessments.known_from AS known_from,
            facts.assessments.known_to AS known_to
          FROM facts.assessments
          WHERE
            COALESCE(
              facts.assessments.factor_codes LIKE '%%|19B|%%'
              OR facts.assessments.factor_codes LIKE '%%|19C|%%',
              FALSE
            )
        ) AS anon_9
        WHERE
          NOT anon_9.upn IS NULL
        UNION ALL
        SELECT
          anon_9.started_on AS started_on,
          anon_9.authorised_on AS authorised_on,
          'ref:' || anon_9.child_ref AS number
        FROM (
          SELECT
            facts.assessments.child_ref AS child_ref,
            facts.assessments.nhs_number AS nhs_number,
            facts.assessments.upn AS upn,
            facts.assessments.assessment_ref AS assessment_ref,
            facts.assessments.referred_on AS referred_on,
            facts.assessments.started_on AS started_on,
            facts.assessments.authorised_on AS authorised_on,
            facts.assessments.factor_codes AS factor_codes,
            facts.assessments.genogram_present AS genogram_present,
            facts.assessments.genogram_updated_on AS genogram_updated_on,
            facts.assessments.genogram_used AS genogram_used,
            facts.assessments.child_seen_alone AS child_seen_alone,
            facts.assessments.views_recorded AS views_recorded,
            facts.assessments.management_oversight AS management_oversight,
            facts.assessments.delivery_id AS delivery_id,
            facts.assessments.source_member AS source_member,
            facts.assessments.source_row AS source_row,
            facts.assessments.row_key AS row_key,
            facts.assessments.row_hash AS row_hash,
            facts.assessments.valid_from AS valid_from,
            facts.assessments.valid_to AS valid_to,
            facts.assessments.known_from AS known_from,
            facts.assessments.known_to AS known_to
          FROM facts.assessments
          WHERE
            COALESCE(
              facts.assessments.factor_codes LIKE '%%|19B|%%'
              OR facts.assessments.factor_codes LIKE '%%|19C|%%',
              FALSE
            )
        ) AS anon_9
        WHERE
          NOT anon_9.child_ref IS NULL
      ) AS anon_8
        ON facts.meeting_numbers.number = anon_8.number
      WHERE
        anon_8.started_on <= (
          facts.meeting_numbers.held_on + CAST(180 /* cohort.linked_within_days */ AS INT)
        )
        AND (
          anon_8.authorised_on IS NULL
          OR anon_8.authorised_on >= (
            facts.meeting_numbers.held_on - CAST(180 /* cohort.linked_within_days */ AS INT)
          )
        )
      UNION
      SELECT
        facts.meeting_numbers.meeting_ref AS meeting_ref
      FROM facts.meeting_numbers
      JOIN (
        SELECT
          anon_11.started_on AS started_on,
          anon_11.ended_on AS ended_on,
          'nhs:' || anon_11.nhs_number AS number
        FROM (
          SELECT
            facts.child_protection_plans.child_ref AS child_ref,
            facts.child_protection_plans.nhs_number AS nhs_number,
            facts.child_protection_plans.upn AS upn,
            facts.child_protection_plans.started_on AS started_on,
            facts.child_protection_plans.ended_on AS ended_on,
            facts.child_protection_plans.initial_category_code AS initial_category_code,
            facts.child_protection_plans.latest_category_code AS latest_category_code,
            facts.child_protection_plans.previous_plans AS previous_plans,
            facts.child_protection_plans.delivery_id AS delivery_id,
            facts.child_protection_plans.source_member AS source_member,
            facts.child_protection_plans.source_row AS source_row,
            facts.child_protection_plans.row_key AS row_key,
            facts.child_protection_plans.row_hash AS row_hash,
            facts.child_protection_plans.valid_from AS valid_from,
            facts.child_protection_plans.valid_to AS valid_to,
            facts.child_protection_plans.known_from AS known_from,
            facts.child_protection_plans.known_to AS known_to
          FROM facts.child_protection_plans
          WHERE
            facts.child_protection_plans.initial_category_code IN ('SAB')
            OR facts.child_protection_plans.latest_category_code IN ('SAB')
        ) AS anon_11
        WHERE
          NOT anon_11.nhs_number IS NULL
        UNION ALL
        SELECT
          anon_11.started_on AS started_on,
          anon_11.ended_on AS ended_on,
          'upn:' || anon_11.upn AS number
        FROM (
          SELECT
            facts.child_protection_plans.child_ref AS child_ref,
            facts.child_protection_plans.nhs_number AS nhs_number,
            facts.child_protection_plans.upn AS upn,
            facts.child_protection_plans.started_on AS started_on,
            facts.child_protection_plans.ended_on AS ended_on,
            facts.child_protection_plans.initial_category_code AS initial_category_code,
            facts.child_protection_plans.latest_category_code AS latest_category_code,
            facts.child_protection_plans.previous_plans AS previous_plans,
            facts.child_protection_plans.delivery_id AS delivery_id,
            facts.child_protection_plans.source_member AS source_member,
            facts.child_protection_plans.source_row AS source_row,
            facts.child_protection_plans.row_key AS row_key,
            facts.child_protection_plans.row_hash AS row_hash,
            facts.child_protection_plans.valid_from AS valid_from,
            facts.child_protection_plans.valid_to AS valid_to,
            facts.child_protection_plans.known_from AS known_from,
            facts.child_protection_plans.known_to AS known_to
          FROM facts.child_protection_plans
          WHERE
            facts.child_protection_plans.initial_category_code IN ('SAB')
            OR facts.child_protection_plans.latest_category_code IN ('SAB')
        ) AS anon_11
        WHERE
          NOT anon_11.upn IS NULL
        UNION ALL
        SELECT
          anon_11.started_on AS started_on,
          anon_11.ended_on AS ended_on,
          'ref:' || anon_11.child_ref AS number
        FROM (
          SELECT
            facts.child_protection_plans.child_ref AS child_ref,
            facts.child_protection_plans.nhs_number AS nhs_number,
            facts.child_protection_plans.upn AS upn,
            facts.child_protection_plans.started_on AS started_on,
            facts.child_protection_plans.ended_on AS ended_on,
            facts.child_protection_plans.initial_category_code AS initial_category_code,
            facts.child_protection_plans.latest_category_code AS latest_category_code,
            facts.child_protection_plans.previous_plans AS previous_plans,
            facts.child_protection_plans.delivery_id AS delivery_id,
            facts.child_protection_plans.source_member AS source_member,
            facts.child_protection_plans.source_row AS source_row,
            facts.child_protection_plans.row_key AS row_key,
            facts.child_protection_plans.row_hash AS row_hash,
            facts.child_protection_plans.valid_from AS valid_from,
            facts.child_protection_plans.valid_to AS valid_to,
            facts.child_protection_plans.known_from AS known_from,
            facts.child_protection_plans.known_to AS known_to
          FROM facts.child_protection_plans
          WHERE
            facts.child_protection_plans.initial_category_code IN ('SAB')
            OR facts.child_protection_plans.latest_category_code IN ('SAB')
        ) AS anon_11
        WHERE
          NOT anon_11.child_ref IS NULL
      ) AS anon_10
        ON facts.meeting_numbers.number = anon_10.number
      WHERE
        anon_10.started_on <= (
          facts.meeting_numbers.held_on + CAST(180 /* cohort.linked_within_days */ AS INT)
        )
        AND (
          anon_10.ended_on IS NULL
          OR anon_10.ended_on >= (
            facts.meeting_numbers.held_on - CAST(180 /* cohort.linked_within_days */ AS INT)
          )
        )
    ) AS anon_7
      ON anon_7.meeting_ref = held.meeting_ref
    WHERE
      COALESCE(
        held.concern_codes LIKE '%%|sexual_abuse|%%'
        OR held.csa_context_code IN ('family', 'other'),
        FALSE
      )
      OR NOT anon_7.meeting_ref IS NULL
  ) AS anon_5
  LEFT OUTER JOIN (
    SELECT
      facts.meeting_numbers.meeting_ref AS meeting_ref,
      MIN(facts.meeting_numbers.child) AS child
    FROM facts.meeting_numbers
    GROUP BY
      facts.meeting_numbers.meeting_ref
  ) AS anon_6
    ON anon_6.meeting_ref = anon_5.meeting_ref
) AS anon_1;
