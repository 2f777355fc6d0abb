-- records_agree: Do Children's Social Care, the police and Health all record the concern of sexual abuse?
-- version 1
-- definition 67e3d3d6aab21eea7ea2d8eac18d1404
-- statements 1ec3d0d07b6e7dbf7cfeae26d372ddd3
-- rests on evidence/child_agencies.sql, evidence/child_numbers.sql, evidence/child_traits.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.records_agree as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  children.unit_ref,
  children.counted_on,
  children.agency_code,
  children.age_band,
  children.sex,
  children.ethnicity,
  children.csc_records,
  children.police_speak,
  children.police_record,
  children.health_speaks,
  children.health_records,
  CASE WHEN children.csc_records THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      (
        children.police_speak OR children.health_speaks
      )
      AND children.csc_records
      AND (
        NOT children.police_speak OR children.police_record
      )
      AND (
        NOT children.health_speaks OR children.health_records
      )
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE WHEN (
    children.police_speak OR children.health_speaks
  ) THEN 1 ELSE 0 END AS confirmed_denominator,
  children.police_speak OR children.health_speaks AS is_covered
FROM (
  SELECT
    facts.child_agencies.meeting_ref AS unit_ref,
    facts.child_agencies.held_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > facts.child_agencies.held_on
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.child_agencies.held_on) * 12 + EXTRACT(MONTH FROM facts.child_agencies.held_on)
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
    COALESCE(
      COALESCE(BOOL_OR(CAST(reporting.csa_meetings.is_known_by_concern AS BOOLEAN)), FALSE)
      OR COALESCE(
        BOOL_OR(
          CAST(facts.child_agencies.agency_code IN ('csc')
          AND facts.child_agencies.has_returned
          AND facts.child_agencies.concern_recorded AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS csc_records,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(facts.child_agencies.agency_code IN ('police', 'police_btp')
          AND facts.child_agencies.has_returned AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS police_speak,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(facts.child_agencies.agency_code IN ('police', 'police_btp')
          AND facts.child_agencies.has_returned
          AND facts.child_agencies.concern_recorded AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS police_record,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(facts.child_agencies.agency_code IN (
            'health_gp',
            'health_acute',
            'health_school_nursing',
            'health_visiting',
            'health_paediatrics',
            'health_camhs',
            'health_maternity',
            'health_ambulance',
            'health_sexual_health',
            'health_mash',
            'health_icb',
            'sarc'
          )
          AND (
            facts.child_agencies.agency_code <> 'sarc' OR FALSE /* sarc_is_health */
          )
          AND facts.child_agencies.has_returned AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS health_speaks,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(facts.child_agencies.agency_code IN (
            'health_gp',
            'health_acute',
            'health_school_nursing',
            'health_visiting',
            'health_paediatrics',
            'health_camhs',
            'health_maternity',
            'health_ambulance',
            'health_sexual_health',
            'health_mash',
            'health_icb',
            'sarc'
          )
          AND (
            facts.child_agencies.agency_code <> 'sarc' OR FALSE /* sarc_is_health */
          )
          AND facts.child_agencies.has_returned
          AND facts.child_agencies.concern_recorded AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS health_records
  FROM facts.child_agencies
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = facts.child_agencies.child
  JOIN reporting.csa_meetings
    ON reporting.csa_meetings.meeting_ref = facts.child_agencies.meeting_ref
  GROUP BY
    facts.child_agencies.meeting_ref,
    facts.child_agencies.held_on,
    facts.child_agencies.child,
    facts.child_traits.child,
    facts.child_traits.born_on,
    facts.child_traits.expected_on,
    facts.child_traits.sex_code,
    facts.child_traits.ethnicity_code
  HAVING
    COALESCE(
      BOOL_OR(CAST(facts.child_agencies.agency_code IN ('police', 'police_btp') AS BOOLEAN)),
      FALSE
    )
    OR COALESCE(
      BOOL_OR(
        CAST(facts.child_agencies.agency_code IN (
          'health_gp',
          'health_acute',
          'health_school_nursing',
          'health_visiting',
          'health_paediatrics',
          'health_camhs',
          'health_maternity',
          'health_ambulance',
          'health_sexual_health',
          'health_mash',
          'health_icb',
          'sarc'
        )
        AND (
          facts.child_agencies.agency_code <> 'sarc' OR FALSE /* sarc_is_health */
        ) AS BOOLEAN)
      ),
      FALSE
    )
) AS children;
