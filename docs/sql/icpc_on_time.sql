-- icpc_on_time: Was the initial child protection conference held within 15 working days?
-- version 1
-- definition 24cabacb8260f58021258b7e8c57a62b
-- statements adf8ef4e6b4f9aad94f72efd7b67a360
-- rests on evidence/child_numbers.sql, evidence/child_traits.sql, evidence/csa_enquiries.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql
--
-- Written by `make docs`: the rows of reporting.icpc_on_time as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  enquiries.unit_ref,
  enquiries.counted_on,
  enquiries.agency_code,
  enquiries.age_band,
  enquiries.sex,
  enquiries.ethnicity,
  enquiries.is_done,
  enquiries.is_overdue,
  enquiries.working_days_taken,
  CASE
    WHEN (
      enquiries.is_done
      AND enquiries.is_done
      AND enquiries.working_days_taken <= 15 /* icpc_on_time.limit */
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  CASE WHEN (
    enquiries.is_done AND enquiries.is_done
  ) THEN 1 ELSE 0 END AS recorded_denominator,
  CASE WHEN enquiries.is_overdue THEN 1 ELSE 0 END AS recorded_numerator_open_and_overdue,
  1 AS recorded_denominator_open_and_overdue
FROM (
  SELECT
    facts.csa_enquiries.enquiry_ref AS unit_ref,
    COALESCE(facts.csa_enquiries.icpc_on, calendar_1.day) AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > facts.csa_enquiries.clock_on
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.clock_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.clock_on)
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
    COALESCE(NOT facts.csa_enquiries.icpc_on IS NULL, FALSE) AS is_done,
    COALESCE(facts.csa_enquiries.icpc_on IS NULL, FALSE) AS is_overdue,
    (
      SELECT
        calendar_2.working_day_number
      FROM facts.calendar AS calendar_2
      WHERE
        calendar_2.day = facts.csa_enquiries.icpc_on
    ) - (
      SELECT
        calendar_3.working_day_number
      FROM facts.calendar AS calendar_3
      WHERE
        calendar_3.day = facts.csa_enquiries.clock_on
    ) AS working_days_taken
  FROM facts.csa_enquiries
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = facts.csa_enquiries.child
  JOIN facts.calendar AS calendar_4
    ON calendar_4.day = facts.csa_enquiries.clock_on
  JOIN facts.calendar AS calendar_1
    ON calendar_1.is_working_day
    AND calendar_1.working_day_number = calendar_4.working_day_number + 15 /* icpc_on_time.limit */ + 1
  WHERE
    NOT facts.csa_enquiries.icpc_on IS NULL
    OR facts.csa_enquiries.ended_on IS NULL
    AND NOT facts.csa_enquiries.no_conference_needed
) AS enquiries;
