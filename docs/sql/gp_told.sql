-- gp_told: Does the child's general practice hold the plan?
-- version 1
-- definition 86f88ccd35490bf879cde15ff20eac9e
-- statements 410f22cddfab038a9c53c8ca1b9c639b
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/child_traits.sql, evidence/csa_children.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.gp_told as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  children.unit_ref,
  children.counted_on,
  children.agency_code,
  children.age_band,
  children.sex,
  children.ethnicity,
  children.is_sent,
  children.is_logged,
  children.practice_returned,
  CASE WHEN children.is_sent THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE WHEN (
    children.practice_returned AND children.is_logged
  ) THEN 1 ELSE 0 END AS confirmed_numerator,
  CASE WHEN children.practice_returned THEN 1 ELSE 0 END AS confirmed_denominator,
  children.practice_returned AS is_covered
FROM (
  SELECT
    facts.csa_children.meeting_ref AS unit_ref,
    facts.csa_children.held_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > facts.csa_children.held_on
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_children.held_on) * 12 + EXTRACT(MONTH FROM facts.csa_children.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 216
      )
      THEN '16-17'
    END AS age_band,
    facts.child_traits.sex_code AS sex,
    CASE
      WHEN (
        facts.child_traits.ethnicity_code IN ('WBRI', 'WIRI', 'WIRT', 'WROM', 'WOTH')
      )
      THEN 'White'
      WHEN (
        facts.child_traits.ethnicity_code IN ('MWBC', 'MWBA', 'MWAS', 'MOTH')
      )
      THEN 'Mixed'
      WHEN (
        facts.child_traits.ethnicity_code IN ('AIND', 'APKN', 'ABAN', 'AOTH', 'CHNE')
      )
      THEN 'Asian'
      WHEN (
        facts.child_traits.ethnicity_code IN ('BCRB', 'BAFR', 'BOTH')
      )
      THEN 'Black'
      WHEN (
        facts.child_traits.ethnicity_code IN ('OOTH')
      )
      THEN 'Other'
    END AS ethnicity,
    COALESCE(facts.csa_children.plan_sent_to_practice, FALSE) AS is_sent,
    COALESCE(facts.csa_children.plan_logged_by_practice, FALSE) AS is_logged,
    COALESCE(
      facts.csa_children.month_starts_on IN (
        SELECT
          reporting.returns.month_starts_on
        FROM reporting.returns
        WHERE
          reporting.returns.agency_code IN ('health_gp')
          AND reporting.returns.table_name = 'plan_circulation'
      ),
      FALSE
    ) AS practice_returned
  FROM facts.csa_children
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = facts.csa_children.child
  JOIN facts.child_agencies
    ON facts.child_agencies.meeting_ref = facts.csa_children.meeting_ref
    AND facts.child_agencies.child = facts.csa_children.child
  WHERE
    facts.child_agencies.agency_code IN ('health_gp')
) AS children;
