-- genogram_effective: Is there a genogram, is it current, and does the analysis use it?
-- version 1
-- definition 51b46d83c0fc0c932f4e95e440aa14c4
-- statements 61389eb6e1bfaa8da0e6aba822512f7a
-- rests on evidence/child_numbers.sql, evidence/child_traits.sql, evidence/csa_assessments.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql
--
-- Written by `make docs`: the rows of reporting.genogram_effective as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  assessments.unit_ref,
  assessments.counted_on,
  assessments.agency_code,
  assessments.age_band,
  assessments.sex,
  assessments.ethnicity,
  assessments.present,
  assessments.current,
  assessments.used,
  CASE WHEN assessments.present THEN 1 ELSE 0 END AS recorded_numerator_present,
  1 AS recorded_denominator_present,
  CASE WHEN assessments.current THEN 1 ELSE 0 END AS recorded_numerator_current,
  1 AS recorded_denominator_current,
  CASE WHEN assessments.used THEN 1 ELSE 0 END AS recorded_numerator_used,
  1 AS recorded_denominator_used
FROM (
  SELECT
    facts.csa_assessments.assessment_ref AS unit_ref,
    facts.csa_assessments.authorised_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > facts.csa_assessments.started_on
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_assessments.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_assessments.started_on)
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
    COALESCE(facts.csa_assessments.genogram_present, FALSE) AS present,
    COALESCE(facts.csa_assessments.genogram_current, FALSE) AS current,
    COALESCE(facts.csa_assessments.genogram_used, FALSE) AS used
  FROM facts.csa_assessments
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = facts.csa_assessments.child
  WHERE
    NOT facts.csa_assessments.authorised_on IS NULL
) AS assessments;
