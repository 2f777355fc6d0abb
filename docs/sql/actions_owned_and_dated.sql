-- actions_owned_and_dated: Does every action of the strategy meeting have an owner and a date?
-- version 1
-- definition 4da6bf75403ebf0d92e6a8afae00a1c9
-- statements d6a26cfe1719e8b98690279f4c2ba9a1
-- rests on evidence/child_numbers.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql
--
-- Written by `make docs`: the rows of reporting.actions_owned_and_dated as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.has_action,
  meetings.all_owned_and_dated,
  CASE WHEN meetings.all_owned_and_dated THEN 1 ELSE 0 END AS recorded_numerator,
  1 AS recorded_denominator,
  CASE
    WHEN (
      meetings.has_action AND meetings.all_owned_and_dated
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_where_actions_are_listed,
  CASE WHEN (
    meetings.has_action AND meetings.has_action
  ) THEN 1 ELSE 0 END AS recorded_denominator_where_actions_are_listed
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
      COALESCE(BOOL_OR(CAST(NOT facts.meeting_actions.action_ref IS NULL AS BOOLEAN)), FALSE),
      FALSE
    ) AS has_action,
    COALESCE(
      COALESCE(BOOL_OR(CAST(NOT facts.meeting_actions.action_ref IS NULL AS BOOLEAN)), FALSE)
      AND NOT COALESCE(
        BOOL_OR(
          CAST(NOT COALESCE(
            NOT facts.meeting_actions.owner_agency_code IS NULL
            AND facts.meeting_actions.owner_agency_code <> 'unknown'
            AND NOT facts.meeting_actions.due_on IS NULL,
            FALSE
          ) AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS all_owned_and_dated
  FROM reporting.csa_meetings
  LEFT OUTER JOIN facts.meeting_actions
    ON facts.meeting_actions.meeting_ref = reporting.csa_meetings.meeting_ref
  GROUP BY
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.held_on,
    reporting.csa_meetings.mode_code,
    reporting.csa_meetings.is_family
) AS meetings;
