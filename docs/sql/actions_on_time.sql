-- actions_on_time: Were the improvement actions closed by their due date, with evidence?
-- version 1
-- definition 2529d17763f66f9e73d14dcbd6091d45
-- statements c4e9d8d75cc17f54b0f93e97608243ce
-- rests on facts alone
--
-- Written by `make docs`: the rows of reporting.actions_on_time as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  improvement_actions.unit_ref,
  improvement_actions.counted_on,
  improvement_actions.agency_code,
  improvement_actions.action_ref,
  improvement_actions.recommendation_code,
  improvement_actions.owner_role_code,
  improvement_actions.due_on,
  improvement_actions.closed_on,
  improvement_actions.evidence_code,
  improvement_actions.status_code,
  improvement_actions.delivery_id,
  improvement_actions.source_member,
  improvement_actions.source_row,
  improvement_actions.valid_from,
  improvement_actions.valid_to,
  improvement_actions.known_from,
  improvement_actions.known_to,
  CASE
    WHEN (
      improvement_actions.status_code = 'closed'
      AND improvement_actions.closed_on <= improvement_actions.due_on
      AND improvement_actions.evidence_code = 'provided'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  1 AS recorded_denominator
FROM (
  SELECT
    facts.improvement_actions.agency_code || ' ' || facts.improvement_actions.action_ref AS unit_ref,
    facts.improvement_actions.due_on AS counted_on,
    facts.improvement_actions.agency_code AS agency_code,
    facts.improvement_actions.action_ref AS action_ref,
    facts.improvement_actions.recommendation_code AS recommendation_code,
    facts.improvement_actions.owner_role_code AS owner_role_code,
    facts.improvement_actions.due_on AS due_on,
    facts.improvement_actions.closed_on AS closed_on,
    facts.improvement_actions.evidence_code AS evidence_code,
    facts.improvement_actions.status_code AS status_code,
    facts.improvement_actions.delivery_id AS delivery_id,
    facts.improvement_actions.source_member AS source_member,
    facts.improvement_actions.source_row AS source_row,
    facts.improvement_actions.row_key AS row_key,
    facts.improvement_actions.row_hash AS row_hash,
    facts.improvement_actions.valid_from AS valid_from,
    facts.improvement_actions.valid_to AS valid_to,
    facts.improvement_actions.known_from AS known_from,
    facts.improvement_actions.known_to AS known_to
  FROM facts.improvement_actions
  WHERE
    facts.improvement_actions.status_code <> 'withdrawn'
) AS improvement_actions;
