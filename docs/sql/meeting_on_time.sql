-- meeting_on_time: Was the strategy meeting held in time after the concern?
-- version 1
-- definition 65c2458e7f1068506f18d2f70629e57e
-- statements d70adec0d4d304da9d71eaeadd4dc1eb
-- rests on evidence/child_numbers.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql
--
-- Written by `make docs`: the rows of reporting.meeting_on_time as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  in_sequences.unit_ref,
  in_sequences.counted_on,
  in_sequences.agency_code,
  in_sequences.family,
  in_sequences.mode,
  in_sequences.has_concern_date,
  in_sequences.in_time,
  in_sequences.working_days_taken,
  in_sequences.urgency_code,
  in_sequences.sequence_ref,
  in_sequences.begins_dated_sequence,
  in_sequences.in_time_for_sequence,
  in_sequences.any_in_time,
  CASE
    WHEN (
      in_sequences.has_concern_date
      AND in_sequences.has_concern_date
      AND in_sequences.in_time
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  CASE
    WHEN (
      in_sequences.has_concern_date AND in_sequences.has_concern_date
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator,
  CASE
    WHEN (
      in_sequences.begins_dated_sequence AND in_sequences.any_in_time
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_by_sequence,
  CASE
    WHEN (
      in_sequences.begins_dated_sequence AND in_sequences.begins_dated_sequence
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_by_sequence
FROM (
  SELECT
    meetings.unit_ref AS unit_ref,
    meetings.counted_on AS counted_on,
    meetings.agency_code AS agency_code,
    meetings.family AS family,
    meetings.mode AS mode,
    meetings.has_concern_date AS has_concern_date,
    meetings.in_time AS in_time,
    meetings.working_days_taken AS working_days_taken,
    meetings.urgency_code AS urgency_code,
    meetings.sequence_ref AS sequence_ref,
    meetings.begins_dated_sequence AS begins_dated_sequence,
    meetings.in_time_for_sequence AS in_time_for_sequence,
    BOOL_OR(CAST(meetings.in_time_for_sequence AS BOOLEAN)) OVER (PARTITION BY meetings.sequence_ref) AS any_in_time
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
      COALESCE(reporting.csa_meetings.concern_on <= reporting.csa_meetings.held_on, FALSE) AS has_concern_date,
      COALESCE(
        CASE
          WHEN (
            reporting.csa_meetings.urgency_code = 'same_day'
          )
          THEN reporting.csa_meetings.held_on = reporting.csa_meetings.concern_on
          WHEN (
            reporting.csa_meetings.urgency_code = 'planned'
          )
          THEN (
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
              calendar_2.day = reporting.csa_meetings.concern_on
          ) <= 5 /* meeting_on_time.planned */
          ELSE (
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
              calendar_2.day = reporting.csa_meetings.concern_on
          ) <= 3 /* meeting_on_time.standard */
        END,
        FALSE
      ) AS in_time,
      (
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
          calendar_2.day = reporting.csa_meetings.concern_on
      ) AS working_days_taken,
      reporting.csa_meetings.urgency_code AS urgency_code,
      reporting.csa_meetings.sequence_ref AS sequence_ref,
      COALESCE(
        reporting.csa_meetings.meeting_ref = reporting.csa_meetings.sequence_ref
        AND NOT reporting.csa_meetings.sequence_concern_on IS NULL,
        FALSE
      ) AS begins_dated_sequence,
      COALESCE(
        reporting.csa_meetings.held_on >= reporting.csa_meetings.sequence_concern_on
        AND (
          SELECT
            calendar_3.working_day_number
          FROM facts.calendar AS calendar_3
          WHERE
            calendar_3.day = reporting.csa_meetings.held_on
        ) - (
          SELECT
            calendar_4.working_day_number
          FROM facts.calendar AS calendar_4
          WHERE
            calendar_4.day = reporting.csa_meetings.sequence_concern_on
        ) <= 5 /* meeting_on_time.planned */,
        FALSE
      ) AS in_time_for_sequence
    FROM reporting.csa_meetings
  ) AS meetings
) AS in_sequences;
