-- support_started: Has the support that was agreed for the child started?
-- version 1
-- definition 34daafa88970bb12579a157cb9ce3383
-- statements 04ce083e08e18b51a64a1964e805dff3
-- rests on evidence/child_numbers.sql, evidence/child_traits.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.support_started as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  support.unit_ref,
  support.counted_on,
  support.agency_code,
  support.age_band,
  support.sex,
  support.ethnicity,
  support.csc_answers,
  support.csc_started,
  support.is_offered,
  support.is_started,
  support.is_declined,
  support.started_soon,
  support.started_in_time,
  support.providers_returned,
  CASE WHEN (
    support.csc_answers AND support.csc_started
  ) THEN 1 ELSE 0 END AS recorded_numerator,
  CASE WHEN (
    support.csc_answers AND support.csc_answers
  ) THEN 1 ELSE 0 END AS recorded_denominator,
  CASE WHEN (
    support.providers_returned AND support.is_started
  ) THEN 1 ELSE 0 END AS confirmed_numerator,
  CASE WHEN support.providers_returned THEN 1 ELSE 0 END AS confirmed_denominator,
  CASE WHEN (
    support.providers_returned AND support.is_offered
  ) THEN 1 ELSE 0 END AS confirmed_numerator_offered,
  CASE WHEN support.providers_returned THEN 1 ELSE 0 END AS confirmed_denominator_offered,
  CASE
    WHEN (
      support.providers_returned AND support.started_soon
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator_started_soon,
  CASE WHEN support.providers_returned THEN 1 ELSE 0 END AS confirmed_denominator_started_soon,
  CASE
    WHEN (
      support.providers_returned
      AND support.started_in_time
      AND NOT support.started_soon
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator_started_later,
  CASE WHEN support.providers_returned THEN 1 ELSE 0 END AS confirmed_denominator_started_later,
  CASE
    WHEN (
      support.providers_returned AND support.is_started AND NOT support.started_in_time
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator_started_late,
  CASE WHEN support.providers_returned THEN 1 ELSE 0 END AS confirmed_denominator_started_late,
  CASE WHEN (
    support.providers_returned AND support.is_declined
  ) THEN 1 ELSE 0 END AS confirmed_numerator_declined,
  CASE WHEN support.providers_returned THEN 1 ELSE 0 END AS confirmed_denominator_declined,
  support.providers_returned AS is_covered
FROM (
  SELECT
    MIN(agreed.row_key) AS unit_ref,
    agreed.agreed_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > agreed.agreed_on
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM agreed.agreed_on) * 12 + EXTRACT(MONTH FROM agreed.agreed_on)
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
      COALESCE(
        BOOL_OR(CAST(NOT agreed.started_on IS NULL OR NOT agreed.declined IS NULL AS BOOLEAN)),
        FALSE
      ),
      FALSE
    ) AS csc_answers,
    COALESCE(COALESCE(BOOL_OR(CAST(NOT agreed.started_on IS NULL AS BOOLEAN)), FALSE), FALSE) AS csc_started,
    COALESCE(COALESCE(BOOL_OR(CAST(NOT words.row_key IS NULL AS BOOLEAN)), FALSE), FALSE) AS is_offered,
    COALESCE(NOT MIN(words.started_on) IS NULL, FALSE) AS is_started,
    COALESCE(
      MIN(words.started_on) IS NULL
      AND COALESCE(BOOL_OR(CAST(words.is_declined AS BOOLEAN)), FALSE),
      FALSE
    ) AS is_declined,
    COALESCE(
      MIN(words.started_on) <= (
        agreed.agreed_on + CAST(28 /* support_started.soon */ AS INT)
      ),
      FALSE
    ) AS started_soon,
    COALESCE(
      MIN(words.started_on) <= (
        agreed.agreed_on + CAST(126 /* support_started.late */ AS INT)
      ),
      FALSE
    ) AS started_in_time,
    COALESCE(
      NOT COALESCE(BOOL_OR(CAST(reporting.returns.agency_code IS NULL AS BOOLEAN)), FALSE),
      FALSE
    ) AS providers_returned
  FROM (
    SELECT
      facts.support_offers.child_ref AS child_ref,
      facts.support_offers.nhs_number AS nhs_number,
      facts.support_offers.upn AS upn,
      facts.support_offers.said_by AS said_by,
      facts.support_offers.provider_code AS provider_code,
      facts.support_offers.agreed_on AS agreed_on,
      facts.support_offers.offered_on AS offered_on,
      facts.support_offers.started_on AS started_on,
      facts.support_offers.declined AS declined,
      facts.support_offers.delivery_id AS delivery_id,
      facts.support_offers.source_member AS source_member,
      facts.support_offers.source_row AS source_row,
      facts.support_offers.row_key AS row_key,
      facts.support_offers.row_hash AS row_hash,
      facts.support_offers.valid_from AS valid_from,
      facts.support_offers.valid_to AS valid_to,
      facts.support_offers.known_from AS known_from,
      facts.support_offers.known_to AS known_to
    FROM facts.support_offers
    WHERE
      facts.support_offers.said_by = 'csc'
      AND NOT facts.support_offers.agreed_on IS NULL
  ) AS agreed
  LEFT OUTER JOIN facts.child_numbers AS child_numbers_1
    ON child_numbers_1.number = CASE
      WHEN (
        NOT agreed.child_ref IS NULL
      )
      THEN 'ref:' || agreed.child_ref
      WHEN (
        NOT agreed.nhs_number IS NULL
      )
      THEN 'nhs:' || agreed.nhs_number
      WHEN (
        NOT agreed.upn IS NULL
      )
      THEN 'upn:' || agreed.upn
    END
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = COALESCE(
      child_numbers_1.child,
      CASE
        WHEN (
          NOT agreed.child_ref IS NULL
        )
        THEN 'ref:' || agreed.child_ref
        WHEN (
          NOT agreed.nhs_number IS NULL
        )
        THEN 'nhs:' || agreed.nhs_number
        WHEN (
          NOT agreed.upn IS NULL
        )
        THEN 'upn:' || agreed.upn
      END
    )
  JOIN facts.calendar AS calendar_1
    ON calendar_1.day = agreed.agreed_on
  LEFT OUTER JOIN (
    SELECT
      anon_1.row_key AS row_key,
      MIN(anon_2.started_on) AS started_on,
      COALESCE(BOOL_OR(CAST(anon_2.declined AS BOOLEAN)), FALSE) AS is_declined
    FROM (
      SELECT DISTINCT
        anon_3.row_key AS row_key,
        anon_3.provider_code AS provider_code,
        anon_3.agreed_on AS agreed_on,
        COALESCE(facts.child_numbers.child, anon_3.number) AS child
      FROM (
        SELECT
          agreed.row_key AS row_key,
          agreed.provider_code AS provider_code,
          agreed.agreed_on AS agreed_on,
          'nhs:' || agreed.nhs_number AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.offered_on AS offered_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = 'csc'
            AND NOT facts.support_offers.agreed_on IS NULL
        ) AS agreed
        WHERE
          NOT agreed.nhs_number IS NULL
        UNION ALL
        SELECT
          agreed.row_key AS row_key,
          agreed.provider_code AS provider_code,
          agreed.agreed_on AS agreed_on,
          'upn:' || agreed.upn AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.offered_on AS offered_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = 'csc'
            AND NOT facts.support_offers.agreed_on IS NULL
        ) AS agreed
        WHERE
          NOT agreed.upn IS NULL
        UNION ALL
        SELECT
          agreed.row_key AS row_key,
          agreed.provider_code AS provider_code,
          agreed.agreed_on AS agreed_on,
          'ref:' || agreed.child_ref AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.offered_on AS offered_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = 'csc'
            AND NOT facts.support_offers.agreed_on IS NULL
        ) AS agreed
        WHERE
          NOT agreed.child_ref IS NULL
      ) AS anon_3
      LEFT OUTER JOIN facts.child_numbers
        ON facts.child_numbers.number = anon_3.number
    ) AS anon_1
    JOIN (
      SELECT DISTINCT
        anon_4.provider_code AS provider_code,
        anon_4.offered_on AS offered_on,
        anon_4.started_on AS started_on,
        anon_4.declined AS declined,
        COALESCE(facts.child_numbers.child, anon_4.number) AS child
      FROM (
        SELECT
          offered.provider_code AS provider_code,
          offered.offered_on AS offered_on,
          offered.started_on AS started_on,
          offered.declined AS declined,
          'nhs:' || offered.nhs_number AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to,
            COALESCE(facts.support_offers.offered_on, facts.support_offers.started_on) AS offered_on
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = facts.support_offers.provider_code
        ) AS offered
        WHERE
          NOT offered.nhs_number IS NULL
        UNION ALL
        SELECT
          offered.provider_code AS provider_code,
          offered.offered_on AS offered_on,
          offered.started_on AS started_on,
          offered.declined AS declined,
          'upn:' || offered.upn AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to,
            COALESCE(facts.support_offers.offered_on, facts.support_offers.started_on) AS offered_on
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = facts.support_offers.provider_code
        ) AS offered
        WHERE
          NOT offered.upn IS NULL
        UNION ALL
        SELECT
          offered.provider_code AS provider_code,
          offered.offered_on AS offered_on,
          offered.started_on AS started_on,
          offered.declined AS declined,
          'ref:' || offered.child_ref AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to,
            COALESCE(facts.support_offers.offered_on, facts.support_offers.started_on) AS offered_on
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = facts.support_offers.provider_code
        ) AS offered
        WHERE
          NOT offered.child_ref IS NULL
      ) AS anon_4
      LEFT OUTER JOIN facts.child_numbers
        ON facts.child_numbers.number = anon_4.number
    ) AS anon_2
      ON anon_2.child = anon_1.child AND anon_2.provider_code = anon_1.provider_code
    WHERE
      anon_2.offered_on <= (
        anon_1.agreed_on + CAST(180 /* cohort.linked_within_days */ AS INT)
      )
      AND (
        anon_2.offered_on IS NULL
        OR anon_2.offered_on >= (
          anon_1.agreed_on - CAST(180 /* cohort.linked_within_days */ AS INT)
        )
      )
    GROUP BY
      anon_1.row_key
  ) AS words
    ON words.row_key = agreed.row_key
  LEFT OUTER JOIN reporting.returns
    ON reporting.returns.agency_code = agreed.provider_code
    AND reporting.returns.table_name = 'support_offers'
    AND reporting.returns.month_starts_on = calendar_1.month_starts_on
  WHERE
    agreed.row_key IN (
      SELECT
        anon_5.row_key
      FROM (
        SELECT
          agreed.row_key AS row_key,
          agreed.agreed_on AS agreed_on,
          'nhs:' || agreed.nhs_number AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.offered_on AS offered_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = 'csc'
            AND NOT facts.support_offers.agreed_on IS NULL
        ) AS agreed
        WHERE
          NOT agreed.nhs_number IS NULL
        UNION ALL
        SELECT
          agreed.row_key AS row_key,
          agreed.agreed_on AS agreed_on,
          'upn:' || agreed.upn AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.offered_on AS offered_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = 'csc'
            AND NOT facts.support_offers.agreed_on IS NULL
        ) AS agreed
        WHERE
          NOT agreed.upn IS NULL
        UNION ALL
        SELECT
          agreed.row_key AS row_key,
          agreed.agreed_on AS agreed_on,
          'ref:' || agreed.child_ref AS number
        FROM (
          SELECT
            facts.support_offers.child_ref AS child_ref,
            facts.support_offers.nhs_number AS nhs_number,
            facts.support_offers.upn AS upn,
            facts.support_offers.said_by AS said_by,
            facts.support_offers.provider_code AS provider_code,
            facts.support_offers.agreed_on AS agreed_on,
            facts.support_offers.offered_on AS offered_on,
            facts.support_offers.started_on AS started_on,
            facts.support_offers.declined AS declined,
            facts.support_offers.delivery_id AS delivery_id,
            facts.support_offers.source_member AS source_member,
            facts.support_offers.source_row AS source_row,
            facts.support_offers.row_key AS row_key,
            facts.support_offers.row_hash AS row_hash,
            facts.support_offers.valid_from AS valid_from,
            facts.support_offers.valid_to AS valid_to,
            facts.support_offers.known_from AS known_from,
            facts.support_offers.known_to AS known_to
          FROM facts.support_offers
          WHERE
            facts.support_offers.said_by = 'csc'
            AND NOT facts.support_offers.agreed_on IS NULL
        ) AS agreed
        WHERE
          NOT agreed.child_ref IS NULL
      ) AS anon_5
      JOIN facts.meeting_numbers
        ON facts.meeting_numbers.number = anon_5.number
      JOIN reporting.csa_meetings
        ON reporting.csa_meetings.meeting_ref = facts.meeting_numbers.meeting_ref
      WHERE
        anon_5.agreed_on <= (
          facts.meeting_numbers.held_on + CAST(180 /* cohort.linked_within_days */ AS INT)
        )
        AND (
          anon_5.agreed_on IS NULL
          OR anon_5.agreed_on >= (
            facts.meeting_numbers.held_on - CAST(180 /* cohort.linked_within_days */ AS INT)
          )
        )
    )
  GROUP BY
    COALESCE(
      child_numbers_1.child,
      CASE
        WHEN (
          NOT agreed.child_ref IS NULL
        )
        THEN 'ref:' || agreed.child_ref
        WHEN (
          NOT agreed.nhs_number IS NULL
        )
        THEN 'nhs:' || agreed.nhs_number
        WHEN (
          NOT agreed.upn IS NULL
        )
        THEN 'upn:' || agreed.upn
      END
    ),
    agreed.agreed_on,
    facts.child_traits.child,
    facts.child_traits.born_on,
    facts.child_traits.expected_on,
    facts.child_traits.sex_code,
    facts.child_traits.ethnicity_code
) AS support;
