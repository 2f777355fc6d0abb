-- csa_enquiries: One row is a section 47 enquiry about child sexual abuse, once whoever reports it. Identifies children.
--
-- Written by `make docs`: what fills facts.csa_enquiries at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   child_seen_alone
--   closing_discussion
--   icpc_on_time

WITH named AS (
  SELECT
    facts.section_47_enquiries.child_ref AS child_ref,
    facts.section_47_enquiries.nhs_number AS nhs_number,
    facts.section_47_enquiries.upn AS upn,
    facts.section_47_enquiries.s47_ref AS s47_ref,
    facts.section_47_enquiries.referred_on AS referred_on,
    facts.section_47_enquiries.started_on AS started_on,
    facts.section_47_enquiries.ended_on AS ended_on,
    facts.section_47_enquiries.outcome_code AS outcome_code,
    facts.section_47_enquiries.icpc_target_on AS icpc_target_on,
    facts.section_47_enquiries.icpc_on AS icpc_on,
    facts.section_47_enquiries.icpc_not_required AS icpc_not_required,
    facts.section_47_enquiries.csa_concern AS csa_concern,
    facts.section_47_enquiries.closing_discussion_on AS closing_discussion_on,
    facts.section_47_enquiries.child_seen_alone_on AS child_seen_alone_on,
    facts.section_47_enquiries.police_closure_received_on AS police_closure_received_on,
    facts.section_47_enquiries.delivery_id AS delivery_id,
    facts.section_47_enquiries.source_member AS source_member,
    facts.section_47_enquiries.source_row AS source_row,
    facts.section_47_enquiries.row_key AS row_key,
    facts.section_47_enquiries.row_hash AS row_hash,
    facts.section_47_enquiries.valid_from AS valid_from,
    facts.section_47_enquiries.valid_to AS valid_to,
    facts.section_47_enquiries.known_from AS known_from,
    facts.section_47_enquiries.known_to AS known_to,
    COALESCE(
      child_numbers_1.child,
      CASE
        WHEN (
          NOT facts.section_47_enquiries.child_ref IS NULL
        )
        THEN 'ref:' || facts.section_47_enquiries.child_ref
        WHEN (
          NOT facts.section_47_enquiries.nhs_number IS NULL
        )
        THEN 'nhs:' || facts.section_47_enquiries.nhs_number
        WHEN (
          NOT facts.section_47_enquiries.upn IS NULL
        )
        THEN 'upn:' || facts.section_47_enquiries.upn
      END
    ) AS child
  FROM facts.section_47_enquiries
  LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
    ON child_numbers_1.number = CASE
      WHEN (
        NOT facts.section_47_enquiries.child_ref IS NULL
      )
      THEN 'ref:' || facts.section_47_enquiries.child_ref
      WHEN (
        NOT facts.section_47_enquiries.nhs_number IS NULL
      )
      THEN 'nhs:' || facts.section_47_enquiries.nhs_number
      WHEN (
        NOT facts.section_47_enquiries.upn IS NULL
      )
      THEN 'upn:' || facts.section_47_enquiries.upn
    END
), once AS (
  SELECT
    MIN(COALESCE(named.s47_ref, named.row_key)) AS ref,
    named.child AS child,
    named.started_on AS started_on,
    MIN(named.icpc_on) AS icpc_on,
    MIN(named.ended_on) AS ended_on,
    COALESCE(BOOL_OR(CAST(named.icpc_not_required AS BOOLEAN)), FALSE) AS no_conference_needed,
    MIN(
      CASE
        WHEN (
          named.child_seen_alone_on >= named.started_on
        )
        THEN named.child_seen_alone_on
      END
    ) AS seen_alone_on,
    MIN(named.closing_discussion_on) AS closing_discussion_on
  FROM named
  GROUP BY
    named.child,
    named.started_on
  HAVING
    COALESCE(
      BOOL_OR(
        CAST(named.row_key IN (
          SELECT
            facts.section_47_enquiries.row_key
          FROM facts.section_47_enquiries
          WHERE
            COALESCE(facts.section_47_enquiries.csa_concern, FALSE)
            OR COALESCE(
              facts.section_47_enquiries.s47_ref IN (
                SELECT
                  reporting.csa_meetings.s47_ref
                FROM reporting.csa_meetings
                WHERE
                  NOT reporting.csa_meetings.s47_ref IS NULL
              ),
              FALSE
            )
            OR facts.section_47_enquiries.row_key IN (
              SELECT
                anon_3.row_key
              FROM (
                SELECT DISTINCT
                  anon_4.row_key AS row_key,
                  anon_4.started_on AS started_on,
                  COALESCE(facts.child_numbers.child, anon_4.number) AS child
                FROM (
                  SELECT
                    facts.section_47_enquiries.row_key AS row_key,
                    facts.section_47_enquiries.started_on AS started_on,
                    'nhs:' || facts.section_47_enquiries.nhs_number AS number
                  FROM facts.section_47_enquiries
                  WHERE
                    NOT facts.section_47_enquiries.nhs_number IS NULL
                  UNION ALL
                  SELECT
                    facts.section_47_enquiries.row_key AS row_key,
                    facts.section_47_enquiries.started_on AS started_on,
                    'upn:' || facts.section_47_enquiries.upn AS number
                  FROM facts.section_47_enquiries
                  WHERE
                    NOT facts.section_47_enquiries.upn IS NULL
                  UNION ALL
                  SELECT
                    facts.section_47_enquiries.row_key AS row_key,
                    facts.section_47_enquiries.started_on AS started_on,
                    'ref:' || facts.section_47_enquiries.child_ref AS number
                  FROM facts.section_47_enquiries
                  WHERE
                    NOT facts.section_47_enquiries.child_ref IS NULL
                ) AS anon_4
                LEFT OUTER JOIN facts.child_numbers
                  ON facts.child_numbers.number = anon_4.number
              ) AS anon_3
              JOIN (
                SELECT DISTINCT
                  anon_6.started_on AS started_on,
                  anon_6.authorised_on AS authorised_on,
                  COALESCE(facts.child_numbers.child, anon_6.number) AS child
                FROM (
                  SELECT
                    anon_7.started_on AS started_on,
                    anon_7.authorised_on AS authorised_on,
                    'nhs:' || anon_7.nhs_number AS number
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
                  ) AS anon_7
                  WHERE
                    NOT anon_7.nhs_number IS NULL
                  UNION ALL
                  SELECT
                    anon_7.started_on AS started_on,
                    anon_7.authorised_on AS authorised_on,
                    'upn:' || anon_7.upn AS number
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
                  ) AS anon_7
                  WHERE
                    NOT anon_7.upn IS NULL
                  UNION ALL
                  SELECT
                    anon_7.started_on AS started_on,
                    anon_7.authorised_on AS authorised_on,
                    'ref:' || anon_7.child_ref AS number
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
                  ) AS anon_7
                  WHERE
                    NOT anon_7.child_ref IS NULL
                ) AS anon_6
                LEFT OUTER JOIN facts.child_numbers
                  ON facts.child_numbers.number = anon_6.number
              ) AS anon_5
                ON anon_5.child = anon_3.child
              WHERE
                anon_5.started_on <= (
                  anon_3.started_on + CAST(180 /* cohort.linked_within_days */ AS INT)
                )
                AND (
                  anon_5.authorised_on IS NULL
                  OR anon_5.authorised_on >= (
                    anon_3.started_on - CAST(180 /* cohort.linked_within_days */ AS INT)
                  )
                )
            )
        ) AS BOOLEAN)
      ),
      FALSE
    )
)
SELECT
  once.ref,
  once.child,
  once.started_on,
  CASE
    WHEN (
      'initiating' /* icpc_on_time.clock_start */ = 'last'
    )
    THEN COALESCE(anon_2.held_on, once.started_on)
    ELSE once.started_on
  END AS anon_1,
  once.icpc_on,
  once.ended_on,
  COALESCE(once.ended_on, once.icpc_on) AS coalesce_1,
  once.no_conference_needed,
  once.seen_alone_on,
  once.closing_discussion_on
FROM once
LEFT OUTER JOIN (
  SELECT
    once.child AS child,
    once.started_on AS started_on,
    MAX(held.held_on) AS held_on
  FROM once
  JOIN named
    ON named.child = once.child AND named.started_on = once.started_on
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
    ON held.s47_ref = named.s47_ref
    AND held.held_on <= COALESCE(once.icpc_on, held.held_on)
  GROUP BY
    once.child,
    once.started_on
) AS anon_2
  ON anon_2.child = once.child AND anon_2.started_on = once.started_on;
