-- csa_training: Are the staff trained in child sexual abuse, and is the course mandatory?
-- version 1
-- definition aee1e3f58d811f1efd28a0b1e90167b8
-- statements cf402ee149211d1d1e2d300978dd56ca
-- rests on facts alone
--
-- Written by `make docs`: the rows of reporting.csa_training as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  workforce_training.unit_ref,
  workforce_training.counted_on,
  workforce_training.agency_code,
  workforce_training.role_group,
  workforce_training.as_at_on,
  workforce_training.headcount_in_scope,
  workforce_training.csa_trained_in_date,
  workforce_training.protocol_briefed,
  workforce_training.course_mandatory,
  workforce_training.delivery_id,
  workforce_training.source_member,
  workforce_training.source_row,
  workforce_training.valid_from,
  workforce_training.valid_to,
  workforce_training.known_from,
  workforce_training.known_to,
  COALESCE(workforce_training.csa_trained_in_date, 0) AS recorded_numerator,
  COALESCE(workforce_training.headcount_in_scope, 0) AS recorded_denominator,
  COALESCE(
    CASE
      WHEN workforce_training.course_mandatory
      THEN workforce_training.headcount_in_scope
      ELSE 0
    END,
    0
  ) AS recorded_numerator_mandatory,
  COALESCE(workforce_training.headcount_in_scope, 0) AS recorded_denominator_mandatory
FROM (
  SELECT
    facts.workforce_training.agency_code || ' ' || facts.workforce_training.role_group AS unit_ref,
    facts.workforce_training.as_at_on AS counted_on,
    facts.workforce_training.agency_code AS agency_code,
    facts.workforce_training.role_group AS role_group,
    facts.workforce_training.as_at_on AS as_at_on,
    facts.workforce_training.headcount_in_scope AS headcount_in_scope,
    facts.workforce_training.csa_trained_in_date AS csa_trained_in_date,
    facts.workforce_training.protocol_briefed AS protocol_briefed,
    facts.workforce_training.course_mandatory AS course_mandatory,
    facts.workforce_training.delivery_id AS delivery_id,
    facts.workforce_training.source_member AS source_member,
    facts.workforce_training.source_row AS source_row,
    facts.workforce_training.row_key AS row_key,
    facts.workforce_training.row_hash AS row_hash,
    facts.workforce_training.valid_from AS valid_from,
    facts.workforce_training.valid_to AS valid_to,
    facts.workforce_training.known_from AS known_from,
    facts.workforce_training.known_to AS known_to
  FROM facts.workforce_training
) AS workforce_training;
