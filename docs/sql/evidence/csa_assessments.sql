-- csa_assessments: One row is an assessment about child sexual abuse, once whoever reports it. Identifies children.
--
-- Written by `make docs`: what fills facts.csa_assessments at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   assessment_on_time
--   genogram_effective

SELECT
  MIN(COALESCE(facts.assessments.assessment_ref, facts.assessments.row_key)) AS min_1,
  COALESCE(
    child_numbers_1.child,
    CASE
      WHEN (
        NOT facts.assessments.child_ref IS NULL
      )
      THEN 'ref:' || facts.assessments.child_ref
      WHEN (
        NOT facts.assessments.nhs_number IS NULL
      )
      THEN 'nhs:' || facts.assessments.nhs_number
      WHEN (
        NOT facts.assessments.upn IS NULL
      )
      THEN 'upn:' || facts.assessments.upn
    END
  ) AS coalesce_1,
  MIN(facts.assessments.referred_on) AS min_2,
  facts.assessments.started_on,
  MIN(facts.assessments.authorised_on) AS min_3,
  COALESCE(BOOL_OR(CAST(facts.assessments.genogram_present AS BOOLEAN)), FALSE) AS coalesce_2,
  COALESCE(
    BOOL_OR(
      CAST(facts.assessments.genogram_present
      AND facts.assessments.genogram_updated_on >= facts.assessments.started_on AS BOOLEAN)
    ),
    FALSE
  ) AS coalesce_3,
  COALESCE(
    BOOL_OR(
      CAST(facts.assessments.genogram_present
      AND facts.assessments.genogram_updated_on >= facts.assessments.started_on AS BOOLEAN)
    ),
    FALSE
  )
  AND COALESCE(BOOL_OR(CAST(facts.assessments.genogram_used AS BOOLEAN)), FALSE) AS anon_1
FROM facts.assessments
LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
  ON child_numbers_1.number = CASE
    WHEN (
      NOT facts.assessments.child_ref IS NULL
    )
    THEN 'ref:' || facts.assessments.child_ref
    WHEN (
      NOT facts.assessments.nhs_number IS NULL
    )
    THEN 'nhs:' || facts.assessments.nhs_number
    WHEN (
      NOT facts.assessments.upn IS NULL
    )
    THEN 'upn:' || facts.assessments.upn
  END
GROUP BY
  COALESCE(
    child_numbers_1.child,
    CASE
      WHEN (
        NOT facts.assessments.child_ref IS NULL
      )
      THEN 'ref:' || facts.assessments.child_ref
      WHEN (
        NOT facts.assessments.nhs_number IS NULL
      )
      THEN 'nhs:' || facts.assessments.nhs_number
      WHEN (
        NOT facts.assessments.upn IS NULL
      )
      THEN 'upn:' || facts.assessments.upn
    END
  ),
  facts.assessments.started_on
HAVING
  COALESCE(
    BOOL_OR(
      CAST(COALESCE(
        facts.assessments.factor_codes LIKE '%%|19B|%%'
        OR facts.assessments.factor_codes LIKE '%%|19C|%%',
        FALSE
      )
      OR facts.assessments.row_key IN (
        SELECT
          anon_2.row_key
        FROM (
          SELECT
            facts.assessments.row_key AS row_key,
            facts.assessments.started_on AS started_on,
            facts.assessments.authorised_on AS authorised_on,
            'nhs:' || facts.assessments.nhs_number AS number
          FROM facts.assessments
          WHERE
            NOT facts.assessments.nhs_number IS NULL
          UNION ALL
          SELECT
            facts.assessments.row_key AS row_key,
            facts.assessments.started_on AS started_on,
            facts.assessments.authorised_on AS authorised_on,
            'upn:' || facts.assessments.upn AS number
          FROM facts.assessments
          WHERE
            NOT facts.assessments.upn IS NULL
          UNION ALL
          SELECT
            facts.assessments.row_key AS row_key,
            facts.assessments.started_on AS started_on,
            facts.assessments.authorised_on AS authorised_on,
            'ref:' || facts.assessments.child_ref AS number
          FROM facts.assessments
          WHERE
            NOT facts.assessments.child_ref IS NULL
        ) AS anon_2
        JOIN facts.meeting_numbers
          ON facts.meeting_numbers.number = anon_2.number
        JOIN reporting.csa_meetings
          ON reporting.csa_meetings.meeting_ref = facts.meeting_numbers.meeting_ref
        WHERE
          reporting.csa_meetings.is_known_by_concern
          AND anon_2.started_on <= (
            facts.meeting_numbers.held_on + CAST(180 /* cohort.linked_within_days */ AS INT)
          )
          AND (
            anon_2.authorised_on IS NULL
            OR anon_2.authorised_on >= (
              facts.meeting_numbers.held_on - CAST(180 /* cohort.linked_within_days */ AS INT)
            )
          )
      ) AS BOOLEAN)
    ),
    FALSE
  );
