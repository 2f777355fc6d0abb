-- school_present: Did the child's school take part in the strategy meeting?
-- version 1
-- definition d227a9be9234eb4bf3b1cd36702a3855
-- statements 3fc55ff617c7dcf54502f7473c1918fd
-- rests on evidence/child_numbers.sql, evidence/claims.sql, evidence/csa_children.sql, evidence/csa_meetings.sql, evidence/meeting_numbers.sql, evidence/returns.sql
--
-- Written by `make docs`: the rows of reporting.school_present as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  meetings.unit_ref,
  meetings.counted_on,
  meetings.agency_code,
  meetings.family,
  meetings.mode,
  meetings.has_school_age_child,
  meetings.education_took_part,
  CASE
    WHEN (
      meetings.has_school_age_child AND meetings.education_took_part
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  CASE
    WHEN (
      meetings.has_school_age_child AND meetings.has_school_age_child
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator
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
      reporting.csa_meetings.meeting_ref IN (
        SELECT
          facts.csa_children.meeting_ref
        FROM facts.csa_children
        WHERE
          facts.csa_children.is_of_school_age
      ),
      FALSE
    ) AS has_school_age_child,
    COALESCE(
      COALESCE(
        BOOL_OR(
          CAST(reporting.claims.agency_code IN ('edu_school', 'edu_early_years', 'edu_college', 'edu_la')
          AND reporting.claims.said_by = 'csc'
          AND (
            reporting.claims.attended OR reporting.claims.contributed
          ) AS BOOLEAN)
        ),
        FALSE
      ),
      FALSE
    ) AS education_took_part
  FROM reporting.csa_meetings
  LEFT OUTER JOIN reporting.claims
    ON reporting.claims.meeting_ref = reporting.csa_meetings.meeting_ref
  GROUP BY
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.held_on,
    reporting.csa_meetings.meeting_ref,
    reporting.csa_meetings.mode_code,
    reporting.csa_meetings.is_family
) AS meetings;
