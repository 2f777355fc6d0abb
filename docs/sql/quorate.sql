-- quorate: Were Children's Social Care, the police and Health all there?
-- version 1
-- definition 45c67fa52d0aa8ef89b0f60fce27b870
-- statements 8378590447fde502828f3acbb877352c
-- rests on evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.quorate as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  in_sequences.unit_ref,
  in_sequences.counted_on,
  in_sequences.agency_code,
  in_sequences.family,
  in_sequences.mode,
  in_sequences.csc_attended,
  in_sequences.police_attended,
  in_sequences.health_attended,
  in_sequences.police_say_so,
  in_sequences.police_returned,
  in_sequences.sequence_ref,
  in_sequences.begins_sequence,
  in_sequences.in_time_for_sequence,
  in_sequences.any_quorate,
  CASE
    WHEN (
      in_sequences.csc_attended
      AND in_sequences.police_attended
      AND in_sequences.health_attended
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      in_sequences.begins_sequence AND in_sequences.any_quorate
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_by_sequence,
  CASE
    WHEN (
      in_sequences.begins_sequence AND in_sequences.begins_sequence
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_by_sequence,
  CASE
    WHEN (
      in_sequences.police_returned
      AND in_sequences.csc_attended
      AND in_sequences.police_attended
      AND in_sequences.health_attended
      AND in_sequences.police_say_so
    )
    THEN 1
    ELSE 0
  END AS confirmed_numerator,
  CASE WHEN in_sequences.police_returned THEN 1 ELSE 0 END AS confirmed_denominator,
  in_sequences.police_returned AS is_covered
FROM (
  SELECT
    meetings.unit_ref AS unit_ref,
    meetings.counted_on AS counted_on,
    meetings.agency_code AS agency_code,
    meetings.family AS family,
    meetings.mode AS mode,
    meetings.csc_attended AS csc_attended,
    meetings.police_attended AS police_attended,
    meetings.health_attended AS health_attended,
    meetings.police_say_so AS police_say_so,
    meetings.police_returned AS police_returned,
    meetings.sequence_ref AS sequence_ref,
    meetings.begins_sequence AS begins_sequence,
    meetings.in_time_for_sequence AS in_time_for_sequence,
    BOOL_OR(
      CAST(meetings.csc_attended
      AND meetings.police_attended
      AND meetings.health_attended
      AND meetings.in_time_for_sequence AS BOOLEAN)
    ) OVER (PARTITION BY meetings.sequence_ref) AS any_quorate
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
            CAST(reporting.claims.agency_code IN ('csc')
            AND reporting.claims.said_by = 'csc'
            AND reporting.claims.attended AS BOOLEAN)
          ),
          FALSE
        ),
        FALSE
      ) AS csc_attended,
      COALESCE(
        COALESCE(
          BOOL_OR(
            CAST(reporting.claims.agency_code IN ('police', 'police_btp')
            AND reporting.claims.said_by = 'csc'
            AND reporting.claims.attended AS BOOLEAN)
          ),
          FALSE
        ),
        FALSE
      ) AS police_attended,
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
      ) AS health_attended,
      COALESCE(
        COALESCE(
          BOOL_OR(
            CAST(reporting.claims.agency_code IN ('police', 'police_btp')
            AND reporting.claims.said_by = reporting.claims.agency_code
            AND reporting.claims.attended AS BOOLEAN)
          ),
          FALSE
        ),
        FALSE
      ) AS police_say_so,
      COALESCE(
        reporting.csa_meetings.month_starts_on IN (
          SELECT
            reporting.returns.month_starts_on
          FROM reporting.returns
          WHERE
            reporting.returns.agency_code IN ('police', 'police_btp')
            AND reporting.returns.table_name = 'meeting_participation'
        )
        AND NOT COALESCE(
          BOOL_OR(
            CAST(reporting.claims.agency_code IN ('police', 'police_btp')
            AND reporting.claims.said_by = 'csc'
            AND reporting.claims.attended
            AND NOT reporting.claims.agency_returned AS BOOLEAN)
          ),
          FALSE
        ),
        FALSE
      ) AS police_returned,
      reporting.csa_meetings.sequence_ref AS sequence_ref,
      COALESCE(reporting.csa_meetings.meeting_ref = reporting.csa_meetings.sequence_ref, FALSE) AS begins_sequence,
      COALESCE(
        reporting.csa_meetings.held_on >= COALESCE(
          reporting.csa_meetings.sequence_concern_on,
          reporting.csa_meetings.sequence_began_on
        )
        AND (
          SELECT
            calendar_1.working_day_number
          FROM facts.calendar AS calendar_1
          WHERE
            calendar_1.day = reporting.csa_meetings.held_on
        ) - (
          SELECT
            calendar_2.working_day_number
          FROM facts.calendar AS calendar_2
          WHERE
            calendar_2.day = COALESCE(
              reporting.csa_meetings.sequence_concern_on,
              reporting.csa_meetings.sequence_began_on
            )
        ) <= 5 /* meeting_on_time.planned */,
        FALSE
      ) AS in_time_for_sequence
    FROM reporting.csa_meetings
    LEFT OUTER JOIN reporting.claims
      ON reporting.claims.meeting_ref = reporting.csa_meetings.meeting_ref
    GROUP BY
      reporting.csa_meetings.meeting_ref,
      reporting.csa_meetings.held_on,
      reporting.csa_meetings.meeting_ref,
      reporting.csa_meetings.held_on,
      reporting.csa_meetings.month_starts_on,
      reporting.csa_meetings.mode_code,
      reporting.csa_meetings.is_family,
      reporting.csa_meetings.sequence_ref,
      reporting.csa_meetings.sequence_began_on,
      reporting.csa_meetings.sequence_concern_on
  ) AS meetings
) AS in_sequences;
