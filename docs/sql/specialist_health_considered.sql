-- specialist_health_considered: Were the Havens or a paediatrician at the meeting, consulted, or considered with a reason not to?
-- version 1
-- definition 9f45a02ed2252d7d95e54830efa70ec6
-- statements e4b0ca938c2295cf026b0bbd4548faaa
-- rests on evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.specialist_health_considered as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.took_part,
  meetings.asked,
  meetings.not_needed,
  meetings.they_say_so,
  meetings.they_returned,
  CASE
    WHEN (
      meetings.took_part OR meetings.asked OR meetings.not_needed
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      meetings.they_returned
      AND (
        (
          meetings.took_part OR meetings.asked
        )
        AND meetings.they_say_so
        OR meetings.not_needed
      )
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE WHEN meetings.they_returned THEN 1 ELSE 0 END AS confirmed_denominator,
  meetings.they_returned AS is_covered
FROM (
  SELECT
    reporting.csa_meetings.meeting_ref AS unit_ref,
    reporting.csa_meetings.held_on AS counted_on,
    '' AS agency_code,
    CASE
      WHEN reporting.csa_meetings.is_family
      THEN 'in the family'
      ELSE 'elsewhere or not said'
    END AS family,
    reporting.csa_meetings.mode_code AS mode,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(NOT reporting.claims.agency_code IS NULL
          AND reporting.claims.said_by = 'csc'
          AND reporting.claims.specialist_took_part AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS took_part,
    COALESCE(reporting.csa_meetings.specialist_health_code IN ('attended', 'consulted'), FALSE) AS asked,
    COALESCE(reporting.csa_meetings.specialist_health_code = 'reasoned_no', FALSE) AS not_needed,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(NOT reporting.claims.agency_code IS NULL
          AND reporting.claims.said_by = reporting.claims.agency_code
          AND reporting.claims.specialist_took_part AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS they_say_so,
    COALESCE(
      (
        COALESCE(
          BOOL_OR(
            CAST(NOT reporting.claims.agency_code IS NULL
            AND reporting.claims.said_by = 'csc'
            AND reporting.claims.specialist_took_part AS BOOLEAN)
          ),
          FALSE
        )
        OR reporting.csa_meetings.month_starts_on IN (
          SELECT
            reporting.returns.month_starts_on
          FROM reporting.returns
          WHERE
            reporting.returns.agency_code IN ('sarc', 'health_paediatrics')
            AND reporting.returns.table_name = 'meeting_participation'
        )
      )
      AND NOT COALESCE(
        BOOL_OR(
          CAST(NOT reporting.claims.agency_code IS NULL
          AND reporting.claims.said_by = 'csc'
          AND reporting.claims.specialist_took_part
          AND NOT reporting.claims.agency_returned AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS they_returned
  FROM reporting.csa_meetings
  LEFT OUTER JOIN reporting.claims
    ON reporting.claims.meeting_ref = reporting.csa_meetings.meeting_ref
  GROUP BY
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.held_on,
    reporting.csa_meetings.month_starts_on,
    reporting.csa_meetings.mode_code,
    reporting.csa_meetings.is_family,
    reporting.csa_meetings.specialist_health_code
) AS meetings;
