-- management_decision: Was a manager's decision recorded within one working day of the meeting?
-- version 1
-- definition 6e06775f401242182bb8b9798983e8dc
-- statements 2c088d21dcb25ecaedda955fc593f798
-- rests on evidence/child_numbers.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql
--
-- Written by `make docs`: the rows of reporting.management_decision as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.decided_in_time,
  meetings.working_days_taken,
  CASE WHEN meetings.decided_in_time THEN 1 ELSE 0 END AS recorded_numerator,
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
      reporting.csa_meetings.decision_on >= reporting.csa_meetings.held_on
      AND (
        SELECT
          calendar_1.working_day_number
        FROM facts.calendar AS calendar_1
        WHERE
          calendar_1.day = reporting.csa_meetings.decision_on
      ) - (
        SELECT
          calendar_2.working_day_number
        FROM facts.calendar AS calendar_2
        WHERE
          calendar_2.day = reporting.csa_meetings.held_on
      ) <= 1 /* management_decision.limit */,
      FALSE
    ) AS decided_in_time,
    (
      SELECT
        calendar_1.working_day_number
      FROM facts.calendar AS calendar_1
      WHERE
        calendar_1.day = reporting.csa_meetings.decision_on
    ) - (
      SELECT
        calendar_2.working_day_number
      FROM facts.calendar AS calendar_2
      WHERE
        calendar_2.day = reporting.csa_meetings.held_on
    ) AS working_days_taken
  FROM reporting.csa_meetings
) AS meetings;
