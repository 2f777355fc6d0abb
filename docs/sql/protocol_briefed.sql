-- protocol_briefed: Are the staff briefed on the child sexual abuse protocol?
-- version 1
-- definition ecf60de55a47a130d67cddebc1f7350f
-- statements 90baed9bdd7763ecb3545eedfee67e2c
-- rests on facts alone
--
-- Written by `make docs`: the rows of reporting.protocol_briefed as DuckDB works them out, by the parameters of
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
  COALESCE(workforce_training.protocol_briefed, 0) AS recorded_numerator,
  COALESCE(
    CASE
      WHEN (
        NOT workforce_training.protocol_briefed IS NULL
      )
      THEN workforce_training.headcount_in_scope
      ELSE 0
    END,
    0
  ) AS recorded_denominator
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
