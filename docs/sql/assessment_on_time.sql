-- assessment_on_time: Was the assessment completed within 45 working days?
-- version 1
-- definition 98addd60e9525b035655bfaab54d5978
-- statements d2f0a5ee868d7416450053fd61766d2c
-- rests on evidence/child_numbers.sql, evidence/child_traits.sql, evidence/csa_assessments.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql
--
-- Written by `make docs`: the rows of reporting.assessment_on_time as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  assessments.unit_ref,
  assessments.counted_on,
  assessments.agency_code,
  assessments.age_band,
  assessments.sex,
  assessments.ethnicity,
  assessments.is_done,
  assessments.is_overdue,
  assessments.working_days_taken,
  CASE
    WHEN (
      assessments.is_done
      AND assessments.is_done
      AND assessments.working_days_taken <= 45 /* assessment_on_time.limit */
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  CASE WHEN (
    assessments.is_done AND assessments.is_done
  ) THEN 1 ELSE 0 END AS recorded_denominator,
  CASE WHEN assessments.is_overdue THEN 1 ELSE 0 END AS recorded_numerator_open_and_overdue,
  1 AS recorded_denominator_open_and_overdue
FROM (
  SELECT
    facts.csa_assessments.assessment_ref AS unit_ref,
    COALESCE(facts.csa_assessments.authorised_on, calendar_1.day) AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > CASE
          WHEN (
            'started' /* assessment_on_time.clock_start */ = 'referred'
          )
          THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
          ELSE facts.csa_assessments.started_on
        END
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END) * 12 + EXTRACT(MONTH FROM CASE
            WHEN (
              'started' /* assessment_on_time.clock_start */ = 'referred'
            )
            THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
            ELSE facts.csa_assessments.started_on
          END)
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
    COALESCE(NOT facts.csa_assessments.authorised_on IS NULL, FALSE) AS is_done,
    COALESCE(facts.csa_assessments.authorised_on IS NULL, FALSE) AS is_overdue,
    (
      SELECT
        calendar_2.working_day_number
      FROM facts.calendar AS calendar_2
      WHERE
        calendar_2.day = facts.csa_assessments.authorised_on
    ) - (
      SELECT
        calendar_3.working_day_number
      FROM facts.calendar AS calendar_3
      WHERE
        calendar_3.day = CASE
          WHEN (
            'started' /* assessment_on_time.clock_start */ = 'referred'
          )
          THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
          ELSE facts.csa_assessments.started_on
        END
    ) AS working_days_taken
  FROM facts.csa_assessments
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = facts.csa_assessments.child
  JOIN facts.calendar AS calendar_4
    ON calendar_4.day = CASE
      WHEN (
        'started' /* assessment_on_time.clock_start */ = 'referred'
      )
      THEN COALESCE(facts.csa_assessments.referred_on, facts.csa_assessments.started_on)
      ELSE facts.csa_assessments.started_on
    END
  JOIN facts.calendar AS calendar_1
    ON calendar_1.is_working_day
    AND calendar_1.working_day_number = calendar_4.working_day_number + 45 /* assessment_on_time.limit */ + 1
) AS assessments;
