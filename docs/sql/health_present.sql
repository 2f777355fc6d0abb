-- health_present: Was Health at the strategy meeting?
-- version 1
-- definition 0dc3382a9e5e8d2079814a0a72e5ea4d
-- statements 89d1475add723921e801ff8110b91d46
-- rests on evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.health_present as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.health_attended,
  CASE WHEN meetings.health_attended THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator
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
    ) AS health_attended
  FROM reporting.csa_meetings
  LEFT OUTER JOIN reporting.claims
    ON reporting.claims.meeting_ref = reporting.csa_meetings.meeting_ref
  GROUP BY
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.held_on,
    reporting.csa_meetings.mode_code,
    reporting.csa_meetings.is_family
) AS meetings;
