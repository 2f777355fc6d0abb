-- police_closure_shared: Does the reason why the police closed an investigation reach Children's Social Care?
-- version 1
-- definition 2c727a8914e0cc486f3b716763964065
-- statements 1f23be3669ea79017f3392c071620017
-- rests on evidence/child_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.police_closure_shared as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  investigations.unit_ref,
  investigations.counted_on,
  investigations.agency_code,
  investigations.is_sent,
  investigations.csc_knows,
  investigations.csc_holds,
  investigations.csc_returned,
  CASE WHEN investigations.is_sent THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      investigations.csc_knows
      AND investigations.csc_returned
      AND investigations.is_sent
      AND investigations.csc_holds
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE
    WHEN (
      investigations.csc_knows AND investigations.csc_returned
    )
    THEN 1
    ELSE 0
  END AS confirmed_denominator,
  investigations.csc_knows AND investigations.csc_returned AS is_covered
FROM (
  SELECT
    facts.police_investigations.crime_ref AS unit_ref,
    facts.police_investigations.closed_on AS counted_on,
    '' AS agency_code,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(NOT facts.police_investigations.closure_reason_code IS NULL
          AND NOT facts.police_investigations.closure_shared_at IS NULL AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS is_sent,
    COALESCE(COALESCE(BOOL_OR(CAST(NOT anon_1.row_key IS NULL AS BOOLEAN)), FALSE), FALSE) AS csc_knows,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(anon_1.came_on >= facts.police_investigations.closed_on
          AND anon_1.came_on <= (
            facts.police_investigations.closed_on + CAST(180 /* cohort.linked_within_days */ AS INT)
          ) AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS csc_holds,
    COALESCE(
      calendar_1.month_starts_on IN (
        SELECT
          reporting.returns.month_starts_on
        FROM reporting.returns
        WHERE
          reporting.returns.agency_code IN ('csc')
          AND reporting.returns.table_name = 'section_47_enquiries'
      ),
      FALSE
    ) AS csc_returned
  FROM facts.police_investigations
  JOIN facts.calendar AS calendar_1
    ON calendar_1.day = facts.police_investigations.closed_on
  LEFT OUTER JOIN (
    SELECT
      anon_2.row_key AS row_key,
      anon_3.police_closure_received_on AS came_on
    FROM (
      SELECT DISTINCT
        anon_4.opened_on AS opened_on,
        anon_4.closed_on AS closed_on,
        anon_4.row_key AS row_key,
        COALESCE(facts.child_numbers.child, anon_4.number) AS child
      FROM (
        SELECT
          anon_5.opened_on AS opened_on,
          anon_5.closed_on AS closed_on,
          anon_5.row_key AS row_key,
          'nhs:' || anon_5.nhs_number AS number
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
        ) AS anon_5
        WHERE
          NOT anon_5.nhs_number IS NULL
        UNION ALL
        SELECT
          anon_5.opened_on AS opened_on,
          anon_5.closed_on AS closed_on,
          anon_5.row_key AS row_key,
          'upn:' || anon_5.upn AS number
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
        ) AS anon_5
        WHERE
          NOT anon_5.upn IS NULL
        UNION ALL
        SELECT
          anon_5.opened_on AS opened_on,
          anon_5.closed_on AS closed_on,
          anon_5.row_key AS row_key,
          'ref:' || anon_5.child_ref AS number
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
        ) AS anon_5
        WHERE
          NOT anon_5.child_ref IS NULL
      ) AS anon_4
      LEFT OUTER JOIN facts.child_numbers
        ON facts.child_numbers.number = anon_4.number
    ) AS anon_2
    JOIN (
      SELECT DISTINCT
        anon_6.started_on AS started_on,
        anon_6.police_closure_received_on AS police_closure_received_on,
        COALESCE(facts.child_numbers.child, anon_6.number) AS child
      FROM (
        SELECT
          facts.section_47_enquiries.started_on AS started_on,
          facts.section_47_enquiries.police_closure_received_on AS police_closure_received_on,
          'nhs:' || facts.section_47_enquiries.nhs_number AS number
        FROM facts.section_47_enquiries
        WHERE
          NOT facts.section_47_enquiries.nhs_number IS NULL
        UNION ALL
        SELECT
          facts.section_47_enquiries.started_on AS started_on,
          facts.section_47_enquiries.police_closure_received_on AS police_closure_received_on,
          'upn:' || facts.section_47_enquiries.upn AS number
        FROM facts.section_47_enquiries
        WHERE
          NOT facts.section_47_enquiries.upn IS NULL
        UNION ALL
        SELECT
          facts.section_47_enquiries.started_on AS started_on,
          facts.section_47_enquiries.police_closure_received_on AS police_closure_received_on,
          'ref:' || facts.section_47_enquiries.child_ref AS number
        FROM facts.section_47_enquiries
        WHERE
          NOT facts.section_47_enquiries.child_ref IS NULL
      ) AS anon_6
      LEFT OUTER JOIN facts.child_numbers
        ON facts.child_numbers.number = anon_6.number
    ) AS anon_3
      ON anon_3.child = anon_2.child
    WHERE
      anon_2.opened_on <= (
        anon_3.started_on + CAST(180 /* cohort.linked_within_days */ AS INT)
      )
      AND (
        anon_2.closed_on IS NULL
        OR anon_2.closed_on >= (
          anon_3.started_on - CAST(180 /* cohort.linked_within_days */ AS INT)
        )
      )
  ) AS anon_1
    ON anon_1.row_key = facts.police_investigations.row_key
  GROUP BY
    facts.police_investigations.row_key,
    facts.police_investigations.crime_ref,
    facts.police_investigations.closed_on,
    calendar_1.month_starts_on
) AS investigations;
