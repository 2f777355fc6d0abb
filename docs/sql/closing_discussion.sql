-- closing_discussion: Did the agencies close the section 47 enquiry together?
-- version 1
-- definition 9dbec71df19e16d78a6fb46a187cebfd
-- statements 937b7d6ff05441b4590cee1615daae7a
-- rests on evidence/child_numbers.sql, evidence/child_traits.sql, evidence/csa_enquiries.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.closing_discussion as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  enquiries.unit_ref,
  enquiries.counted_on,
  enquiries.agency_code,
  enquiries.age_band,
  enquiries.sex,
  enquiries.ethnicity,
  enquiries.was_seen_alone,
  enquiries.was_discussed,
  enquiries.police_know,
  enquiries.police_say_so,
  enquiries.police_returned,
  CASE WHEN enquiries.was_discussed THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      enquiries.police_know
      AND enquiries.police_returned
      AND enquiries.was_discussed
      AND enquiries.police_say_so
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE
    WHEN (
      enquiries.police_know AND enquiries.police_returned
    )
    THEN 1
    ELSE 0
  END AS confirmed_denominator,
  enquiries.police_know AND enquiries.police_returned AS is_covered
FROM (
  SELECT
    facts.csa_enquiries.enquiry_ref AS unit_ref,
    facts.csa_enquiries.concluded_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN CASE
        WHEN (
          facts.child_traits.born_on IS NULL
        )
        THEN NOT facts.child_traits.expected_on IS NULL
        ELSE facts.child_traits.born_on > facts.csa_enquiries.started_on
      END
      THEN 'unborn'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 60
      )
      THEN '0-4'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 120
      )
      THEN '5-9'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) < 192
      )
      THEN '10-15'
      WHEN (
        (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
        ) - (
          EXTRACT(YEAR FROM facts.child_traits.born_on) * 12 + EXTRACT(MONTH FROM facts.child_traits.born_on)
        ) >= 0
        AND (
          EXTRACT(YEAR FROM facts.csa_enquiries.started_on) * 12 + EXTRACT(MONTH FROM facts.csa_enquiries.started_on)
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
    COALESCE(facts.csa_enquiries.seen_alone_on <= facts.csa_enquiries.concluded_on, FALSE) AS was_seen_alone,
    COALESCE(NOT facts.csa_enquiries.closing_discussion_on IS NULL, FALSE) AS was_discussed,
    COALESCE(COALESCE(BOOL_OR(CAST(NOT anon_1.child IS NULL AS BOOLEAN)), FALSE), FALSE) AS police_know,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(ABS(calendar_1.working_day_number - calendar_2.working_day_number) <= 1 /* matching.within_working_days */ AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS police_say_so,
    COALESCE(
      calendar_3.month_starts_on IN (
        SELECT
          reporting.returns.month_starts_on
        FROM reporting.returns
        WHERE
          reporting.returns.agency_code IN ('police', 'police_btp')
          AND reporting.returns.table_name = 'police_investigations'
      ),
      FALSE
    ) AS police_returned
  FROM facts.csa_enquiries
  LEFT OUTER JOIN facts.child_traits
    ON facts.child_traits.child = facts.csa_enquiries.child
  JOIN facts.calendar AS calendar_3
    ON calendar_3.day = facts.csa_enquiries.concluded_on
  LEFT OUTER JOIN (
    SELECT DISTINCT
      anon_2.opened_on AS opened_on,
      anon_2.closed_on AS closed_on,
      anon_2.closing_discussion_on AS closing_discussion_on,
      COALESCE(facts.child_numbers.child, anon_2.number) AS child
    FROM (
      SELECT
        anon_3.opened_on AS opened_on,
        anon_3.closed_on AS closed_on,
        anon_3.closing_discussion_on AS closing_discussion_on,
        'nhs:' || anon_3.nhs_number AS number
      FROM (
        SELECT
          facts.police_investigations.child_ref AS child_ref,
          facts.police_investigations.nhs_number AS nhs_number,
          facts.police_investigations.upn AS upn,
          facts.police_investigations.crime_ref AS crime_ref,
          facts.police_investigations.merlin_ref AS merlin_ref,
          facts.police_investigations.strategy_on AS strategy_on,
          facts.police_investigations.closed_on AS closed_on,
          facts.police_investigations.closure_reason_code AS closure_reason_code,
          facts.police_investigations.closure_shared_at AS closure_shared_at,
          facts.police_investigations.closing_discussion_on AS closing_discussion_on,
          facts.police_investigations.delivery_id AS delivery_id,
          facts.police_investigations.source_member AS source_member,
          facts.police_investigations.source_row AS source_row,
          facts.police_investigations.row_key AS row_key,
          facts.police_investigations.row_hash AS row_hash,
          facts.police_investigations.valid_from AS valid_from,
          facts.police_investigations.valid_to AS valid_to,
          facts.police_investigations.known_from AS known_from,
          facts.police_investigations.known_to AS known_to,
          COALESCE(
            facts.police_investigations.opened_on,
            facts.police_investigations.strategy_on,
            facts.police_investigations.closed_on
          ) AS opened_on
        FROM facts.police_investigations
      ) AS anon_3
      WHERE
        NOT anon_3.nhs_number IS NULL
      UNION ALL
      SELECT
        anon_3.opened_on AS opened_on,
        anon_3.closed_on AS closed_on,
        anon_3.closing_discussion_on AS closing_discussion_on,
        'upn:' || anon_3.upn AS number
      FROM (
        SELECT
          facts.police_investigations.child_ref AS child_ref,
          facts.police_investigations.nhs_number AS nhs_number,
          facts.police_investigations.upn AS upn,
          facts.police_investigations.crime_ref AS crime_ref,
          facts.police_investigations.merlin_ref AS merlin_ref,
          facts.police_investigations.strategy_on AS strategy_on,
          facts.police_investigations.closed_on AS closed_on,
          facts.police_investigations.closure_reason_code AS closure_reason_code,
          facts.police_investigations.closure_shared_at AS closure_shared_at,
          facts.police_investigations.closing_discussion_on AS closing_discussion_on,
          facts.police_investigations.delivery_id AS delivery_id,
          facts.police_investigations.source_member AS source_member,
          facts.police_investigations.source_row AS source_row,
          facts.police_investigations.row_key AS row_key,
          facts.police_investigations.row_hash AS row_hash,
          facts.police_investigations.valid_from AS valid_from,
          facts.police_investigations.valid_to AS valid_to,
          facts.police_investigations.known_from AS known_from,
          facts.police_investigations.known_to AS known_to,
          COALESCE(
            facts.police_investigations.opened_on,
            facts.police_investigations.strategy_on,
            facts.police_investigations.closed_on
          ) AS opened_on
        FROM facts.police_investigations
      ) AS anon_3
      WHERE
        NOT anon_3.upn IS NULL
      UNION ALL
      SELECT
        anon_3.opened_on AS opened_on,
        anon_3.closed_on AS closed_on,
        anon_3.closing_discussion_on AS closing_discussion_on,
        'ref:' || anon_3.child_ref AS number
      FROM (
        SELECT
          facts.police_investigations.child_ref AS child_ref,
          facts.police_investigations.nhs_number AS nhs_number,
          facts.police_investigations.upn AS upn,
          facts.police_investigations.crime_ref AS crime_ref,
          facts.police_investigations.merlin_ref AS merlin_ref,
          facts.police_investigations.strategy_on AS strategy_on,
          facts.police_investigations.closed_on AS closed_on,
          facts.police_investigations.closure_reason_code AS closure_reason_code,
          facts.police_investigations.closure_shared_at AS closure_shared_at,
          facts.police_investigations.closing_discussion_on AS closing_discussion_on,
          facts.police_investigations.delivery_id AS delivery_id,
          facts.police_investigations.source_member AS source_member,
          facts.police_investigations.source_row AS source_row,
          facts.police_investigations.row_key AS row_key,
          facts.police_investigations.row_hash AS row_hash,
          facts.police_investigations.valid_from AS valid_from,
          facts.police_investigations.valid_to AS valid_to,
          facts.police_investigations.known_from AS known_from,
          facts.police_investigations.known_to AS known_to,
          COALESCE(
            facts.police_investigations.opened_on,
            facts.police_investigations.strategy_on,
            facts.police_investigations.closed_on
          ) AS opened_on
        FROM facts.police_investigations
      ) AS anon_3
      WHERE
        NOT anon_3.child_ref IS NULL
    ) AS anon_2
    LEFT OUTER JOIN facts.child_numbers
      ON facts.child_numbers.number = anon_2.number
  ) AS anon_1
    ON facts.csa_enquiries.child = anon_1.child
    AND anon_1.opened_on <= (
      facts.csa_enquiries.started_on + CAST(180 /* cohort.linked_within_days */ AS INT)
    )
    AND (
      anon_1.closed_on IS NULL
      OR anon_1.closed_on >= (
        facts.csa_enquiries.started_on - CAST(180 /* cohort.linked_within_days */ AS INT)
      )
    )
  LEFT OUTER JOIN facts.calendar AS calendar_1
    ON calendar_1.day = facts.csa_enquiries.closing_discussion_on
  LEFT OUTER JOIN facts.calendar AS calendar_2
    ON calendar_2.day = anon_1.closing_discussion_on
  GROUP BY
    facts.csa_enquiries.enquiry_ref,
    facts.csa_enquiries.child,
    facts.csa_enquiries.started_on,
    facts.csa_enquiries.clock_on,
    facts.csa_enquiries.icpc_on,
    facts.csa_enquiries.ended_on,
    facts.csa_enquiries.concluded_on,
    facts.csa_enquiries.no_conference_needed,
    facts.csa_enquiries.seen_alone_on,
    facts.csa_enquiries.closing_discussion_on,
    facts.child_traits.child,
    facts.child_traits.born_on,
    facts.child_traits.expected_on,
    facts.child_traits.sex_code,
    facts.child_traits.ethnicity_code,
    calendar_3.month_starts_on
) AS enquiries;
