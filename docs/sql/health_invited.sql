-- health_invited: Was Health invited before the strategy meeting began?
-- version 1
-- definition b2e19eca01eeb4e905b41ec64982a8dc
-- statements fbcfdbb914d6d6abffc07f6da85caf96
-- rests on evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.health_invited as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.health_invited,
  CASE WHEN meetings.health_invited THEN 1 ELSE 0 END AS recorded_numerator,
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
          AND reporting.claims.invited_in_time AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS health_invited
  FROM reporting.csa_meetings
  LEFT OUTER JOIN reporting.claims
    ON reporting.claims.meeting_ref = reporting.csa_meetings.meeting_ref
  GROUP BY
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.held_on,
    reporting.csa_meetings.mode_code,
    reporting.csa_meetings.is_family
) AS meetings;
