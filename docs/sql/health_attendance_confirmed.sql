-- health_attendance_confirmed: Do Children's Social Care and Health agree that Health was there?
-- version 1
-- definition d8d3d3eb6185a2f4468a2285e41fc623
-- statements c75bc3182e3b315cfe481a9dd1a44646
-- rests on evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.health_attendance_confirmed as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.csc_says,
  meetings.health_says,
  meetings.health_returned,
  CASE
    WHEN (
      (
        meetings.csc_says OR meetings.health_says
      ) AND meetings.csc_says
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  CASE
    WHEN (
      (
        meetings.csc_says OR meetings.health_says
      )
      AND (
        meetings.csc_says OR meetings.health_says
      )
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator,
  CASE
    WHEN (
      (
        meetings.csc_says OR meetings.health_says
      )
      AND meetings.health_returned
      AND meetings.csc_says
      AND meetings.health_says
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE
    WHEN (
      (
        meetings.csc_says OR meetings.health_says
      )
      AND meetings.health_returned
      AND (
        meetings.csc_says OR meetings.health_says
      )
    )
    THEN 1
    ELSE 0
  END AS confirmed_denominator,
  meetings.health_returned AS is_covered
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
          CAST(reporting.claims.agency_code IN (
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
            reporting.claims.agency_code <> 'sarc' OR FALSE /* sarc_is_health */
          )
          AND reporting.claims.said_by = 'csc'
          AND reporting.claims.attended AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS csc_says,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(reporting.claims.agency_code IN (
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
            reporting.claims.agency_code <> 'sarc' OR FALSE /* sarc_is_health */
          )
          AND reporting.claims.said_by = reporting.claims.agency_code
          AND reporting.claims.attended AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS health_says,
    COALESCE(
      reporting.csa_meetings.month_starts_on IN (
        SELECT
          reporting.returns.month_starts_on
        FROM reporting.returns
        WHERE
          reporting.returns.agency_code IN (
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
            reporting.returns.agency_code <> 'sarc' OR FALSE /* sarc_is_health */
          )
          AND reporting.returns.table_name = 'meeting_participation'
      )
      AND NOT COALESCE(
        BOOL_OR(
          CAST(reporting.claims.agency_code IN (
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
            reporting.claims.agency_code <> 'sarc' OR FALSE /* sarc_is_health */
          )
          AND reporting.claims.said_by = 'csc'
          AND reporting.claims.attended
          AND NOT reporting.claims.agency_returned AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS health_returned
  FROM reporting.csa_meetings
  LEFT OUTER JOIN reporting.claims
    ON reporting.claims.meeting_ref = reporting.csa_meetings.meeting_ref
  GROUP BY
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.held_on,
    reporting.csa_meetings.month_starts_on,
    reporting.csa_meetings.mode_code,
    reporting.csa_meetings.is_family
) AS meetings;
