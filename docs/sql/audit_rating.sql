-- audit_rating: How did the auditors grade the cases, and what kept them from being better?
-- version 1
-- definition f410db244f987685c07031acbaa19359
-- statements 6eb7854d92ac2bc2136e7d37e3c2664b
-- rests on facts alone
--
-- Written by `make docs`: the rows of reporting.audit_rating as DuckDB works them out, by the parameters of
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
      NOT audit_returns.rating_code IS NULL
      AND audit_returns.rating_code IN ('outstanding', 'good')
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_good_or_outstanding,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL AND NOT audit_returns.rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_good_or_outstanding,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND audit_returns.rating_code = 'outstanding'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_outstanding,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL AND NOT audit_returns.rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_outstanding,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL AND audit_returns.rating_code = 'good'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_good,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL AND NOT audit_returns.rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_good,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND audit_returns.rating_code = 'requires_improvement'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_requires_improvement,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL AND NOT audit_returns.rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_requires_improvement,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND audit_returns.rating_code = 'inadequate'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_inadequate,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL AND NOT audit_returns.rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_inadequate,
  CASE
    WHEN (
      NOT COALESCE(audit_returns.moderated_rating_code, audit_returns.rating_code) IS NULL
      AND COALESCE(audit_returns.moderated_rating_code, audit_returns.rating_code) IN ('outstanding', 'good')
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_moderated_good_or_outstanding,
  CASE
    WHEN (
      NOT COALESCE(audit_returns.moderated_rating_code, audit_returns.rating_code) IS NULL
      AND NOT COALESCE(audit_returns.moderated_rating_code, audit_returns.rating_code) IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_moderated_good_or_outstanding,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
      AND CASE audit_returns.moderated_rating_code
        WHEN 'outstanding'
        THEN 0
        WHEN 'good'
        THEN 1
        WHEN 'requires_improvement'
        THEN 2
        WHEN 'inadequate'
        THEN 3
      END < CASE audit_returns.rating_code
        WHEN 'outstanding'
        THEN 0
        WHEN 'good'
        THEN 1
        WHEN 'requires_improvement'
        THEN 2
        WHEN 'inadequate'
        THEN 3
      END
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_moderated_better,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
      AND NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_moderated_better,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
      AND CASE audit_returns.moderated_rating_code
        WHEN 'outstanding'
        THEN 0
        WHEN 'good'
        THEN 1
        WHEN 'requires_improvement'
        THEN 2
        WHEN 'inadequate'
        THEN 3
      END = CASE audit_returns.rating_code
        WHEN 'outstanding'
        THEN 0
        WHEN 'good'
        THEN 1
        WHEN 'requires_improvement'
        THEN 2
        WHEN 'inadequate'
        THEN 3
      END
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_moderated_the_same,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
      AND NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_moderated_the_same,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
      AND CASE audit_returns.moderated_rating_code
        WHEN 'outstanding'
        THEN 0
        WHEN 'good'
        THEN 1
        WHEN 'requires_improvement'
        THEN 2
        WHEN 'inadequate'
        THEN 3
      END > CASE audit_returns.rating_code
        WHEN 'outstanding'
        THEN 0
        WHEN 'good'
        THEN 1
        WHEN 'requires_improvement'
        THEN 2
        WHEN 'inadequate'
        THEN 3
      END
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_moderated_worse,
  CASE
    WHEN (
      NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
      AND NOT audit_returns.rating_code IS NULL
      AND NOT audit_returns.moderated_rating_code IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_moderated_worse,
  CASE
    WHEN (
      NOT audit_returns.voice_captured IS NULL AND audit_returns.voice_captured
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_voice_captured,
  CASE
    WHEN (
      NOT audit_returns.voice_captured IS NULL
      AND NOT audit_returns.voice_captured IS NULL
    )
    THEN 1
    ELSE 0
  END AS recorded_denominator_voice_captured,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|lack_of_multi_agency_working|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_lack_of_multi_agency_working,
  1 AS recorded_denominator_reason_lack_of_multi_agency_working,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|limited_information_csc_to_gp|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_limited_information_csc_to_gp,
  1 AS recorded_denominator_reason_limited_information_csc_to_gp,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|delay_to_strategy_meeting|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_delay_to_strategy_meeting,
  1 AS recorded_denominator_reason_delay_to_strategy_meeting,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|no_management_decision|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_no_management_decision,
  1 AS recorded_denominator_reason_no_management_decision,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|assessment_not_thorough|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_assessment_not_thorough,
  1 AS recorded_denominator_reason_assessment_not_thorough,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|limited_support|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_limited_support,
  1 AS recorded_denominator_reason_limited_support,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|agency_not_informed|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_agency_not_informed,
  1 AS recorded_denominator_reason_agency_not_informed,
  CASE
    WHEN (
      audit_returns.reason_codes LIKE '%%|voice_not_captured|%%'
    )
    THEN 1
    ELSE 0
  END AS recorded_numerator_reason_voice_not_captured,
  1 AS recorded_denominator_reason_voice_not_captured,
  CASE WHEN (
    audit_returns.reason_codes LIKE '%%|other|%%'
  ) THEN 1 ELSE 0 END AS recorded_numerator_reason_other,
  1 AS recorded_denominator_reason_other
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
