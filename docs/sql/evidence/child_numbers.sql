-- child_numbers: One row is a number that is linked to another of the same child; any other number is a child by itself.
--
-- Written by `make docs`: what fills facts.child_numbers at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
--   actions_owned_and_dated
--   agency_uninformed
--   assessment_on_time
--   child_seen_alone
--   closing_discussion
--   genogram_effective
--   gp_told
--   health_attendance_confirmed
--   health_invited
--   health_present
--   icpc_on_time
--   management_decision
--   meeting_on_time
--   plan_shared_on_time
--   plan_shared_with_absent
--   plan_shared_with_all
--   police_closure_shared
--   quorate
--   receipt_confirmed
--   records_agree
--   referral_decided_on_time
--   relevant_agency_took_part
--   school_present
--   specialist_health_considered
--   support_started

WITH doubtful AS (
  SELECT
    'nhs:' || facts.assessments.nhs_number AS number
  FROM facts.assessments
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.assessments.delivery_id
    AND ledger.findings.source_member = facts.assessments.source_member
    AND ledger.findings.source_row = facts.assessments.source_row
  WHERE
    ledger.findings.table_name = 'assessments'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.assessments.upn AS number
  FROM facts.assessments
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.assessments.delivery_id
    AND ledger.findings.source_member = facts.assessments.source_member
    AND ledger.findings.source_row = facts.assessments.source_row
  WHERE
    ledger.findings.table_name = 'assessments'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.child_protection_plans.nhs_number AS number
  FROM facts.child_protection_plans
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.child_protection_plans.delivery_id
    AND ledger.findings.source_member = facts.child_protection_plans.source_member
    AND ledger.findings.source_row = facts.child_protection_plans.source_row
  WHERE
    ledger.findings.table_name = 'child_protection_plans'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.child_protection_plans.upn AS number
  FROM facts.child_protection_plans
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.child_protection_plans.delivery_id
    AND ledger.findings.source_member = facts.child_protection_plans.source_member
    AND ledger.findings.source_row = facts.child_protection_plans.source_row
  WHERE
    ledger.findings.table_name = 'child_protection_plans'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.children.nhs_number AS number
  FROM facts.children
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.children.delivery_id
    AND ledger.findings.source_member = facts.children.source_member
    AND ledger.findings.source_row = facts.children.source_row
  WHERE
    ledger.findings.table_name = 'children'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.children.upn AS number
  FROM facts.children
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.children.delivery_id
    AND ledger.findings.source_member = facts.children.source_member
    AND ledger.findings.source_row = facts.children.source_row
  WHERE
    ledger.findings.table_name = 'children' AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.conferences.nhs_number AS number
  FROM facts.conferences
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.conferences.delivery_id
    AND ledger.findings.source_member = facts.conferences.source_member
    AND ledger.findings.source_row = facts.conferences.source_row
  WHERE
    ledger.findings.table_name = 'conferences'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.conferences.upn AS number
  FROM facts.conferences
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.conferences.delivery_id
    AND ledger.findings.source_member = facts.conferences.source_member
    AND ledger.findings.source_row = facts.conferences.source_row
  WHERE
    ledger.findings.table_name = 'conferences'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.involvements.nhs_number AS number
  FROM facts.involvements
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.involvements.delivery_id
    AND ledger.findings.source_member = facts.involvements.source_member
    AND ledger.findings.source_row = facts.involvements.source_row
  WHERE
    ledger.findings.table_name = 'involvements'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.involvements.upn AS number
  FROM facts.involvements
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.involvements.delivery_id
    AND ledger.findings.source_member = facts.involvements.source_member
    AND ledger.findings.source_row = facts.involvements.source_row
  WHERE
    ledger.findings.table_name = 'involvements'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.meeting_children.nhs_number AS number
  FROM facts.meeting_children
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.meeting_children.delivery_id
    AND ledger.findings.source_member = facts.meeting_children.source_member
    AND ledger.findings.source_row = facts.meeting_children.source_row
  WHERE
    ledger.findings.table_name = 'meeting_children'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.meeting_children.upn AS number
  FROM facts.meeting_children
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.meeting_children.delivery_id
    AND ledger.findings.source_member = facts.meeting_children.source_member
    AND ledger.findings.source_row = facts.meeting_children.source_row
  WHERE
    ledger.findings.table_name = 'meeting_children'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.meeting_participation.nhs_number AS number
  FROM facts.meeting_participation
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.meeting_participation.delivery_id
    AND ledger.findings.source_member = facts.meeting_participation.source_member
    AND ledger.findings.source_row = facts.meeting_participation.source_row
  WHERE
    ledger.findings.table_name = 'meeting_participation'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.meeting_participation.upn AS number
  FROM facts.meeting_participation
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.meeting_participation.delivery_id
    AND ledger.findings.source_member = facts.meeting_participation.source_member
    AND ledger.findings.source_row = facts.meeting_participation.source_row
  WHERE
    ledger.findings.table_name = 'meeting_participation'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.plan_circulation.nhs_number AS number
  FROM facts.plan_circulation
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.plan_circulation.delivery_id
    AND ledger.findings.source_member = facts.plan_circulation.source_member
    AND ledger.findings.source_row = facts.plan_circulation.source_row
  WHERE
    ledger.findings.table_name = 'plan_circulation'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.plan_circulation.upn AS number
  FROM facts.plan_circulation
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.plan_circulation.delivery_id
    AND ledger.findings.source_member = facts.plan_circulation.source_member
    AND ledger.findings.source_row = facts.plan_circulation.source_row
  WHERE
    ledger.findings.table_name = 'plan_circulation'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.police_investigations.nhs_number AS number
  FROM facts.police_investigations
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.police_investigations.delivery_id
    AND ledger.findings.source_member = facts.police_investigations.source_member
    AND ledger.findings.source_row = facts.police_investigations.source_row
  WHERE
    ledger.findings.table_name = 'police_investigations'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.police_investigations.upn AS number
  FROM facts.police_investigations
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.police_investigations.delivery_id
    AND ledger.findings.source_member = facts.police_investigations.source_member
    AND ledger.findings.source_row = facts.police_investigations.source_row
  WHERE
    ledger.findings.table_name = 'police_investigations'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.referrals.nhs_number AS number
  FROM facts.referrals
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.referrals.delivery_id
    AND ledger.findings.source_member = facts.referrals.source_member
    AND ledger.findings.source_row = facts.referrals.source_row
  WHERE
    ledger.findings.table_name = 'referrals'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.referrals.upn AS number
  FROM facts.referrals
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.referrals.delivery_id
    AND ledger.findings.source_member = facts.referrals.source_member
    AND ledger.findings.source_row = facts.referrals.source_row
  WHERE
    ledger.findings.table_name = 'referrals' AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.sarc_episodes.nhs_number AS number
  FROM facts.sarc_episodes
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.sarc_episodes.delivery_id
    AND ledger.findings.source_member = facts.sarc_episodes.source_member
    AND ledger.findings.source_row = facts.sarc_episodes.source_row
  WHERE
    ledger.findings.table_name = 'sarc_episodes'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.sarc_episodes.upn AS number
  FROM facts.sarc_episodes
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.sarc_episodes.delivery_id
    AND ledger.findings.source_member = facts.sarc_episodes.source_member
    AND ledger.findings.source_row = facts.sarc_episodes.source_row
  WHERE
    ledger.findings.table_name = 'sarc_episodes'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.section_47_enquiries.nhs_number AS number
  FROM facts.section_47_enquiries
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.section_47_enquiries.delivery_id
    AND ledger.findings.source_member = facts.section_47_enquiries.source_member
    AND ledger.findings.source_row = facts.section_47_enquiries.source_row
  WHERE
    ledger.findings.table_name = 'section_47_enquiries'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.section_47_enquiries.upn AS number
  FROM facts.section_47_enquiries
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.section_47_enquiries.delivery_id
    AND ledger.findings.source_member = facts.section_47_enquiries.source_member
    AND ledger.findings.source_row = facts.section_47_enquiries.source_row
  WHERE
    ledger.findings.table_name = 'section_47_enquiries'
    AND ledger.findings.rule = 'upn.is_upn'
  UNION
  SELECT
    'nhs:' || facts.support_offers.nhs_number AS number
  FROM facts.support_offers
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.support_offers.delivery_id
    AND ledger.findings.source_member = facts.support_offers.source_member
    AND ledger.findings.source_row = facts.support_offers.source_row
  WHERE
    ledger.findings.table_name = 'support_offers'
    AND ledger.findings.rule = 'nhs_number.is_nhs_number'
  UNION
  SELECT
    'upn:' || facts.support_offers.upn AS number
  FROM facts.support_offers
  JOIN ledger.findings
    ON ledger.findings.delivery_id = facts.support_offers.delivery_id
    AND ledger.findings.source_member = facts.support_offers.source_member
    AND ledger.findings.source_row = facts.support_offers.source_row
  WHERE
    ledger.findings.table_name = 'support_offers'
    AND ledger.findings.rule = 'upn.is_upn'
), said AS (
  SELECT
    'nhs:' || anon_2.nhs_number AS nhs,
    'upn:' || anon_2.upn AS upn,
    'ref:' || anon_2.child_ref AS ref,
    anon_2.born AS born,
    anon_2.is_own AS is_own
  FROM (
    SELECT
      facts.assessments.nhs_number AS nhs_number,
      facts.assessments.upn AS upn,
      facts.assessments.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      TRUE AS is_own
    FROM facts.assessments
    WHERE
      NOT facts.assessments.upn IS NULL
      AND NOT facts.assessments.nhs_number IS NULL
      OR NOT facts.assessments.child_ref IS NULL
      AND NOT facts.assessments.nhs_number IS NULL
      OR NOT facts.assessments.child_ref IS NULL
      AND NOT facts.assessments.upn IS NULL
    UNION
    SELECT
      facts.child_protection_plans.nhs_number AS nhs_number,
      facts.child_protection_plans.upn AS upn,
      facts.child_protection_plans.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      TRUE AS is_own
    FROM facts.child_protection_plans
    WHERE
      NOT facts.child_protection_plans.upn IS NULL
      AND NOT facts.child_protection_plans.nhs_number IS NULL
      OR NOT facts.child_protection_plans.child_ref IS NULL
      AND NOT facts.child_protection_plans.nhs_number IS NULL
      OR NOT facts.child_protection_plans.child_ref IS NULL
      AND NOT facts.child_protection_plans.upn IS NULL
    UNION
    SELECT
      facts.children.nhs_number AS nhs_number,
      facts.children.upn AS upn,
      facts.children.child_ref AS child_ref,
      CAST(facts.children.born_on AS TEXT) AS born,
      COALESCE(facts.children.said_by = 'csc', FALSE) AS is_own
    FROM facts.children
    WHERE
      NOT facts.children.upn IS NULL
      AND NOT facts.children.nhs_number IS NULL
      OR NOT facts.children.child_ref IS NULL
      AND NOT facts.children.nhs_number IS NULL
      OR NOT facts.children.child_ref IS NULL
      AND NOT facts.children.upn IS NULL
      OR NOT facts.children.born_on IS NULL
      AND NOT facts.children.nhs_number IS NULL
      OR NOT facts.children.born_on IS NULL
      AND NOT facts.children.upn IS NULL
      OR NOT facts.children.born_on IS NULL
      AND NOT facts.children.child_ref IS NULL
    UNION
    SELECT
      facts.conferences.nhs_number AS nhs_number,
      facts.conferences.upn AS upn,
      facts.conferences.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      TRUE AS is_own
    FROM facts.conferences
    WHERE
      NOT facts.conferences.upn IS NULL
      AND NOT facts.conferences.nhs_number IS NULL
      OR NOT facts.conferences.child_ref IS NULL
      AND NOT facts.conferences.nhs_number IS NULL
      OR NOT facts.conferences.child_ref IS NULL
      AND NOT facts.conferences.upn IS NULL
    UNION
    SELECT
      facts.involvements.nhs_number AS nhs_number,
      facts.involvements.upn AS upn,
      facts.involvements.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      COALESCE(facts.involvements.agency_code = 'csc', FALSE) AS is_own
    FROM facts.involvements
    WHERE
      NOT facts.involvements.upn IS NULL
      AND NOT facts.involvements.nhs_number IS NULL
      OR NOT facts.involvements.child_ref IS NULL
      AND NOT facts.involvements.nhs_number IS NULL
      OR NOT facts.involvements.child_ref IS NULL
      AND NOT facts.involvements.upn IS NULL
    UNION
    SELECT
      facts.meeting_children.nhs_number AS nhs_number,
      facts.meeting_children.upn AS upn,
      facts.meeting_children.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      TRUE AS is_own
    FROM facts.meeting_children
    WHERE
      NOT facts.meeting_children.upn IS NULL
      AND NOT facts.meeting_children.nhs_number IS NULL
      OR NOT facts.meeting_children.child_ref IS NULL
      AND NOT facts.meeting_children.nhs_number IS NULL
      OR NOT facts.meeting_children.child_ref IS NULL
      AND NOT facts.meeting_children.upn IS NULL
    UNION
    SELECT
      facts.meeting_participation.nhs_number AS nhs_number,
      facts.meeting_participation.upn AS upn,
      facts.meeting_participation.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      COALESCE(facts.meeting_participation.said_by = 'csc', FALSE) AS is_own
    FROM facts.meeting_participation
    WHERE
      NOT facts.meeting_participation.upn IS NULL
      AND NOT facts.meeting_participation.nhs_number IS NULL
      OR NOT facts.meeting_participation.child_ref IS NULL
      AND NOT facts.meeting_participation.nhs_number IS NULL
      OR NOT facts.meeting_participation.child_ref IS NULL
      AND NOT facts.meeting_participation.upn IS NULL
    UNION
    SELECT
      facts.plan_circulation.nhs_number AS nhs_number,
      facts.plan_circulation.upn AS upn,
      facts.plan_circulation.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      COALESCE(facts.plan_circulation.said_by = 'csc', FALSE) AS is_own
    FROM facts.plan_circulation
    WHERE
      NOT facts.plan_circulation.upn IS NULL
      AND NOT facts.plan_circulation.nhs_number IS NULL
      OR NOT facts.plan_circulation.child_ref IS NULL
      AND NOT facts.plan_circulation.nhs_number IS NULL
      OR NOT facts.plan_circulation.child_ref IS NULL
      AND NOT facts.plan_circulation.upn IS NULL
    UNION
    SELECT
      facts.police_investigations.nhs_number AS nhs_number,
      facts.police_investigations.upn AS upn,
      facts.police_investigations.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      FALSE AS is_own
    FROM facts.police_investigations
    WHERE
      NOT facts.police_investigations.upn IS NULL
      AND NOT facts.police_investigations.nhs_number IS NULL
      OR NOT facts.police_investigations.child_ref IS NULL
      AND NOT facts.police_investigations.nhs_number IS NULL
      OR NOT facts.police_investigations.child_ref IS NULL
      AND NOT facts.police_investigations.upn IS NULL
    UNION
    SELECT
      facts.referrals.nhs_number AS nhs_number,
      facts.referrals.upn AS upn,
      facts.referrals.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      TRUE AS is_own
    FROM facts.referrals
    WHERE
      NOT facts.referrals.upn IS NULL
      AND NOT facts.referrals.nhs_number IS NULL
      OR NOT facts.referrals.child_ref IS NULL
      AND NOT facts.referrals.nhs_number IS NULL
      OR NOT facts.referrals.child_ref IS NULL
      AND NOT facts.referrals.upn IS NULL
    UNION
    SELECT
      facts.sarc_episodes.nhs_number AS nhs_number,
      facts.sarc_episodes.upn AS upn,
      facts.sarc_episodes.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      FALSE AS is_own
    FROM facts.sarc_episodes
    WHERE
      NOT facts.sarc_episodes.upn IS NULL
      AND NOT facts.sarc_episodes.nhs_number IS NULL
      OR NOT facts.sarc_episodes.child_ref IS NULL
      AND NOT facts.sarc_episodes.nhs_number IS NULL
      OR NOT facts.sarc_episodes.child_ref IS NULL
      AND NOT facts.sarc_episodes.upn IS NULL
    UNION
    SELECT
      facts.section_47_enquiries.nhs_number AS nhs_number,
      facts.section_47_enquiries.upn AS upn,
      facts.section_47_enquiries.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      TRUE AS is_own
    FROM facts.section_47_enquiries
    WHERE
      NOT facts.section_47_enquiries.upn IS NULL
      AND NOT facts.section_47_enquiries.nhs_number IS NULL
      OR NOT facts.section_47_enquiries.child_ref IS NULL
      AND NOT facts.section_47_enquiries.nhs_number IS NULL
      OR NOT facts.section_47_enquiries.child_ref IS NULL
      AND NOT facts.section_47_enquiries.upn IS NULL
    UNION
    SELECT
      facts.support_offers.nhs_number AS nhs_number,
      facts.support_offers.upn AS upn,
      facts.support_offers.child_ref AS child_ref,
      CAST(NULL AS TEXT) AS born,
      COALESCE(facts.support_offers.said_by = 'csc', FALSE) AS is_own
    FROM facts.support_offers
    WHERE
      NOT facts.support_offers.upn IS NULL
      AND NOT facts.support_offers.nhs_number IS NULL
      OR NOT facts.support_offers.child_ref IS NULL
      AND NOT facts.support_offers.nhs_number IS NULL
      OR NOT facts.support_offers.child_ref IS NULL
      AND NOT facts.support_offers.upn IS NULL
  ) AS anon_2
), successors AS (
  SELECT
    'upn:' || facts.children.former_upn AS former,
    MIN('upn:' || facts.children.upn) AS upn
  FROM facts.children
  WHERE
    facts.children.said_by = 'csc'
    AND NOT facts.children.former_upn IS NULL
    AND NOT facts.children.upn IS NULL
    AND (
      NOT facts.children.upn IN (
        SELECT
          facts.children.former_upn
        FROM facts.children
        WHERE
          facts.children.said_by = 'csc'
          AND NOT facts.children.former_upn IS NULL
          AND NOT facts.children.upn IS NULL
      )
    )
  GROUP BY
    facts.children.former_upn
  HAVING
    MIN(facts.children.upn) = MAX(facts.children.upn)
), told AS (
  SELECT DISTINCT
    CASE
      WHEN (
        said.nhs IN (
          SELECT
            doubtful.number
          FROM doubtful
        )
      )
      THEN NULL
      ELSE said.nhs
    END AS nhs,
    COALESCE(
      successors.upn,
      CASE
        WHEN (
          said.upn IN (
            SELECT
              doubtful.number
            FROM doubtful
          )
        )
        THEN NULL
        ELSE said.upn
      END
    ) AS upn,
    said.ref AS ref,
    said.born AS born,
    said.is_own AS is_own
  FROM said
  LEFT OUTER JOIN successors
    ON successors.former = said.upn
), edges AS (
  SELECT
    anon_1.number AS number,
    anon_1.other AS other,
    anon_1.own_kind AS own_kind,
    anon_1.kind AS kind,
    BOOL_OR(CAST(anon_1.is_own AS BOOLEAN)) AS is_own
  FROM (
    SELECT
      told.nhs AS number,
      told.upn AS other,
      'nhs' AS own_kind,
      'upn' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.nhs IS NULL AND NOT told.upn IS NULL AND told.is_own
    UNION ALL
    SELECT
      told.nhs AS number,
      told.ref AS other,
      'nhs' AS own_kind,
      'ref' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.nhs IS NULL AND NOT told.ref IS NULL
    UNION ALL
    SELECT
      told.nhs AS number,
      told.born AS other,
      'nhs' AS own_kind,
      'born' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.nhs IS NULL AND NOT told.born IS NULL
    UNION ALL
    SELECT
      told.upn AS number,
      told.nhs AS other,
      'upn' AS own_kind,
      'nhs' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.upn IS NULL AND NOT told.nhs IS NULL
    UNION ALL
    SELECT
      told.upn AS number,
      told.ref AS other,
      'upn' AS own_kind,
      'ref' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.upn IS NULL AND NOT told.ref IS NULL
    UNION ALL
    SELECT
      told.upn AS number,
      told.born AS other,
      'upn' AS own_kind,
      'born' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.upn IS NULL AND NOT told.born IS NULL
    UNION ALL
    SELECT
      told.ref AS number,
      told.nhs AS other,
      'ref' AS own_kind,
      'nhs' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.ref IS NULL AND NOT told.nhs IS NULL
    UNION ALL
    SELECT
      told.ref AS number,
      told.upn AS other,
      'ref' AS own_kind,
      'upn' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.ref IS NULL AND NOT told.upn IS NULL AND told.is_own
    UNION ALL
    SELECT
      told.ref AS number,
      told.born AS other,
      'ref' AS own_kind,
      'born' AS kind,
      told.is_own AS is_own
    FROM told
    WHERE
      NOT told.ref IS NULL AND NOT told.born IS NULL
  ) AS anon_1
  GROUP BY
    anon_1.number,
    anon_1.other,
    anon_1.own_kind,
    anon_1.kind
), quarrels AS (
  SELECT DISTINCT
    edges.number AS number
  FROM edges
  GROUP BY
    edges.number,
    edges.kind
  HAVING
    MIN(edges.other) <> MAX(edges.other)
), clear AS (
  SELECT
    edges.number AS number,
    edges.other AS other,
    edges.own_kind AS own_kind,
    edges.kind AS kind,
    edges.is_own AS is_own
  FROM edges
  WHERE
    (
      NOT edges.number IN (
        SELECT
          quarrels.number
        FROM quarrels
      )
    )
    AND (
      NOT edges.other IN (
        SELECT
          quarrels.number
        FROM quarrels
      )
    )
), reached AS (
  SELECT
    clear.number AS number,
    clear.kind AS kind,
    clear.other AS other
  FROM clear
  UNION
  SELECT
    clear.number AS number,
    clear.own_kind AS own_kind,
    clear.number AS number__1
  FROM clear
  UNION
  SELECT
    clear.number AS number,
    onward_edge.kind AS kind,
    onward_edge.other AS other
  FROM clear
  JOIN clear AS onward_edge
    ON onward_edge.number = clear.other
), distant_quarrels AS (
  SELECT DISTINCT
    reached.number AS number
  FROM reached
  GROUP BY
    reached.number,
    reached.kind
  HAVING
    MIN(reached.other) <> MAX(reached.other)
), trusted AS (
  SELECT
    clear.number AS number,
    clear.other AS other,
    clear.own_kind AS own_kind,
    clear.kind AS kind,
    clear.is_own AS is_own
  FROM clear
  WHERE
    (
      NOT clear.number IN (
        SELECT
          distant_quarrels.number
        FROM distant_quarrels
      )
    )
    AND (
      NOT clear.other IN (
        SELECT
          distant_quarrels.number
        FROM distant_quarrels
      )
    )
), linked AS (
  SELECT
    trusted.number AS number,
    trusted.other AS other
  FROM trusted
  WHERE
    trusted.is_own AND trusted.kind <> 'born'
), same AS (
  SELECT
    linked.number AS number,
    linked.number AS other
  FROM linked
  UNION
  SELECT
    linked.number AS number,
    linked.other AS other
  FROM linked
  UNION
  SELECT
    linked.number AS number,
    onward_link.other AS other
  FROM linked
  JOIN linked AS onward_link
    ON onward_link.number = linked.other
), children AS (
  SELECT
    same.number AS number,
    MIN(same.other) AS child
  FROM same
  GROUP BY
    same.number
), standing AS (
  SELECT
    successors.former AS former,
    successors.upn AS upn
  FROM successors
  WHERE
    successors.upn IN (
      SELECT
        trusted.number
      FROM trusted
    )
)
SELECT
  children.number,
  children.child
FROM children
UNION
SELECT
  standing.former,
  COALESCE(children.child, standing.upn) AS coalesce_1
FROM standing
LEFT OUTER JOIN children
  ON children.number = standing.upn
UNION
SELECT
  standing.upn,
  standing.upn AS upn__1
FROM standing
WHERE
  (
    NOT standing.upn IN (
      SELECT
        children.number
      FROM children
    )
  );
