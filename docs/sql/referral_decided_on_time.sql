-- referral_decided_on_time: Was the referral decided within one working day?
-- version 1
-- definition d8bfd3e24b6273aa98ca04a698408164
-- statements f9fd865bf6825274fd9b280cf8be156f
-- rests on evidence/child_numbers.sql, evidence/child_traits.sql
--
-- Written by `make docs`: the rows of reporting.referral_decided_on_time as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  referrals.unit_ref,
  referrals.counted_on,
  referrals.agency_code,
  referrals.age_band,
  referrals.sex,
  referrals.ethnicity,
  referrals.working_days_taken,
  CASE
    WHEN (
      referrals.working_days_taken <= 1 /* referral_decided_on_time.limit */
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  1 AS recorded_denominator
FROM (
  SELECT
    anon_1.ref AS unit_ref,
    anon_1.received_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > anon_1.received_on
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM anon_1.received_on) * 12 + EXTRACT(MONTH FROM anon_1.received_on)
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
    (
      SELECT
        calendar_1.working_day_number
      FROM facts.calendar AS calendar_1
      WHERE
        calendar_1.day = anon_1.decided_on
    ) - (
      SELECT
        calendar_2.working_day_number
      FROM facts.calendar AS calendar_2
      WHERE
        calendar_2.day = anon_1.received_on
    ) AS working_days_taken
  FROM (
    SELECT
      MIN(COALESCE(facts.referrals.referral_ref, facts.referrals.row_key)) AS ref,
      COALESCE(
        child_numbers_1.child,
        CASE
          WHEN (
            NOT facts.referrals.child_ref IS NULL
          )
          THEN 'ref:' || facts.referrals.child_ref
          WHEN (
            NOT facts.referrals.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.referrals.nhs_number
          WHEN (
            NOT facts.referrals.upn IS NULL
          )
          THEN 'upn:' || facts.referrals.upn
        END
      ) AS child,
      CAST(facts.referrals.received_at AS DATE) AS received_on,
      MIN(CAST(facts.referrals.decided_at AS DATE)) AS decided_on
    FROM facts.referrals
    LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
      ON child_numbers_1.number = CASE
        WHEN (
          NOT facts.referrals.child_ref IS NULL
        )
        THEN 'ref:' || facts.referrals.child_ref
        WHEN (
          NOT facts.referrals.nhs_number IS NULL
        )
        THEN 'nhs:' || facts.referrals.nhs_number
        WHEN (
          NOT facts.referrals.upn IS NULL
        )
        THEN 'upn:' || facts.referrals.upn
      END
    GROUP BY
      COALESCE(
        child_numbers_1.child,
        CASE
          WHEN (
            NOT facts.referrals.child_ref IS NULL
          )
          THEN 'ref:' || facts.referrals.child_ref
          WHEN (
            NOT facts.referrals.nhs_number IS NULL
          )
          THEN 'nhs:' || facts.referrals.nhs_number
          WHEN (
            NOT facts.referrals.upn IS NULL
          )
          THEN 'upn:' || facts.referrals.upn
        END
      ),
      CAST(facts.referrals.received_at AS DATE)
    HAVING
      COALESCE(
        BOOL_OR(CAST(facts.referrals.concern_codes LIKE '%%|sexual_abuse|%%' AS BOOLEAN)),
        FALSE
      )
  ) AS anon_1
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = anon_1.child
) AS referrals;
