-- child_traits: One row is a child that somebody describes. Identifies children.
--
-- Written by `make docs`: what fills facts.child_traits at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   assessment_on_time
--   child_seen_alone
--   closing_discussion
--   genogram_effective
--   gp_told
--   icpc_on_time
--   records_agree
--   referral_decided_on_time
--   support_started

SELECT
  anon_1.child,
  MIN(anon_1.born_on) AS min_1,
  MIN(anon_1.expected_on) AS min_2,
  CASE
    WHEN (
      MIN(
        CASE
          WHEN (
            (
              NOT anon_1.sex_code IN ('U', 'REFU', 'NOBT')
            )
          )
          THEN anon_1.sex_code
        END
      ) = MAX(
        CASE
          WHEN (
            (
              NOT anon_1.sex_code IN ('U', 'REFU', 'NOBT')
            )
          )
          THEN anon_1.sex_code
        END
      )
    )
    THEN MIN(
      CASE
        WHEN (
          (
            NOT anon_1.sex_code IN ('U', 'REFU', 'NOBT')
          )
        )
        THEN anon_1.sex_code
      END
    )
  END AS anon_2,
  CASE
    WHEN (
      MIN(
        CASE
          WHEN (
            (
              NOT anon_1.ethnicity_code IN ('U', 'REFU', 'NOBT')
            )
          )
          THEN anon_1.ethnicity_code
        END
      ) = MAX(
        CASE
          WHEN (
            (
              NOT anon_1.ethnicity_code IN ('U', 'REFU', 'NOBT')
            )
          )
          THEN anon_1.ethnicity_code
        END
      )
    )
    THEN MIN(
      CASE
        WHEN (
          (
            NOT anon_1.ethnicity_code IN ('U', 'REFU', 'NOBT')
          )
        )
        THEN anon_1.ethnicity_code
      END
    )
  END AS anon_3
FROM (
  SELECT DISTINCT
    anon_4.born_on AS born_on,
    anon_4.expected_on AS expected_on,
    anon_4.sex_code AS sex_code,
    anon_4.ethnicity_code AS ethnicity_code,
    COALESCE(facts.child_numbers.child, anon_4.number) AS child
  FROM (
    SELECT
      facts.children.born_on AS born_on,
      facts.children.expected_on AS expected_on,
      facts.children.sex_code AS sex_code,
      facts.children.ethnicity_code AS ethnicity_code,
      'nhs:' || facts.children.nhs_number AS number
    FROM facts.children
    WHERE
      NOT facts.children.nhs_number IS NULL
    UNION ALL
    SELECT
      facts.children.born_on AS born_on,
      facts.children.expected_on AS expected_on,
      facts.children.sex_code AS sex_code,
      facts.children.ethnicity_code AS ethnicity_code,
      'upn:' || facts.children.upn AS number
    FROM facts.children
    WHERE
      NOT facts.children.upn IS NULL
    UNION ALL
    SELECT
      facts.children.born_on AS born_on,
      facts.children.expected_on AS expected_on,
      facts.children.sex_code AS sex_code,
      facts.children.ethnicity_code AS ethnicity_code,
      'ref:' || facts.children.child_ref AS number
    FROM facts.children
    WHERE
      NOT facts.children.child_ref IS NULL
  ) AS anon_4
  LEFT OUTER JOIN facts.child_numbers
    ON facts.child_numbers.number = anon_4.number
) AS anon_1
GROUP BY
  anon_1.child;
