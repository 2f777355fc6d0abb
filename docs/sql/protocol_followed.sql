-- protocol_followed: Was the child sexual abuse protocol followed?
-- version 1
-- definition 3c30ffc19b485210c667f960a8c78bfa
-- statements 612d4c2b000f73853bfd0ac4d995b833
-- rests on facts alone
--
-- Written by `make docs`: the rows of reporting.protocol_followed as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

SELECT
  audit_returns.unit_ref,
  audit_returns.counted_on,
  audit_returns.agency_code,
  audit_returns.audit_ref,
  audit_returns.case_ref,
  audit_returns.audited_on,
  audit_returns.rating_code,
  audit_returns.rating_scale_code,
  audit_returns.rating_as_said,
  audit_returns.moderated_rating_code,
  audit_returns.reason_codes,
  audit_returns.voice_captured,
  audit_returns.recording_accurate,
  audit_returns.response_per_procedure,
  audit_returns.protocol_followed,
  audit_returns.delivery_id,
  audit_returns.source_member,
  audit_returns.source_row,
  audit_returns.valid_from,
  audit_returns.valid_to,
  audit_returns.known_from,
  audit_returns.known_to,
  CASE
    WHEN (
      NOT audit_returns.protocol_followed IS NULL AND audit_returns.protocol_followed
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator,
  CASE
    WHEN (
      NOT audit_returns.protocol_followed IS NULL
      AND NOT audit_returns.protocol_followed IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator
FROM (
  SELECT
    facts.audit_returns.audit_ref || ' ' || facts.audit_returns.case_ref || ' ' || facts.audit_returns.agency_code AS unit_ref,
    facts.audit_returns.audited_on AS counted_on,
    facts.audit_returns.agency_code AS agency_code,
    facts.audit_returns.audit_ref AS audit_ref,
    facts.audit_returns.case_ref AS case_ref,
    facts.audit_returns.audited_on AS audited_on,
    facts.audit_returns.rating_code AS rating_code,
    facts.audit_returns.rating_scale_code AS rating_scale_code,
    facts.audit_returns.rating_as_said AS rating_as_said,
    facts.audit_returns.moderated_rating_code AS moderated_rating_code,
    facts.audit_returns.reason_codes AS reason_codes,
    facts.audit_returns.voice_captured AS voice_captured,
    facts.audit_returns.recording_accurate AS recording_accurate,
    facts.audit_returns.response_per_procedure AS response_per_procedure,
    facts.audit_returns.protocol_followed AS protocol_followed,
    facts.audit_returns.delivery_id AS delivery_id,
    facts.audit_returns.source_member AS source_member,
    facts.audit_returns.source_row AS source_row,
    facts.audit_returns.row_key AS row_key,
    facts.audit_returns.row_hash AS row_hash,
    facts.audit_returns.valid_from AS valid_from,
    facts.audit_returns.valid_to AS valid_to,
    facts.audit_returns.known_from AS known_from,
    facts.audit_returns.known_to AS known_to
  FROM facts.audit_returns
) AS audit_returns;
