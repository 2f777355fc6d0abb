"""The closed lists of codes: what a word may be, and what it means.

Each list maps a code to its meaning. Connectors translate an agency's own words into these; a word
that no list holds is passed through, and the schema refuses it by name. Sources: domain facts of the
partnership, Working Together 2023, DfE children in need census guidance, NHS Data Dictionary.
"""

from typing import Final

AGENCY_GROUPS: Final[dict[str, str]] = {
    "csc": "local_authority",
    "la_early_help": "local_authority",
    "la_youth_justice": "local_authority",
    "la_housing": "local_authority",
    "la_adults": "local_authority",
    "police": "police",
    "police_btp": "police",
    "health_gp": "health",
    "health_acute": "health",
    "health_school_nursing": "health",
    "health_visiting": "health",
    "health_paediatrics": "health",
    "health_camhs": "health",
    "health_maternity": "health",
    "health_ambulance": "health",
    "health_sexual_health": "health",
    "health_mash": "health",
    "health_icb": "health",
    "sarc": "health",
    "edu_school": "education",
    "edu_early_years": "education",
    "edu_college": "education",
    "edu_la": "education",
    "probation": "justice",
    "cafcass": "justice",
    "prison": "justice",
    "vcs": "voluntary",
    "faith": "voluntary",
    "sport": "voluntary",
    "unknown": "unknown",
    "lscp": "partnership",
    "dfe": "publisher",
}
"""Agency code → the safeguarding-partner group that a metric counts it in."""

AGENCY_NAMES: Final[dict[str, str]] = {
    "csc": "Children's Social Care",
    "la_early_help": "Early help",
    "la_youth_justice": "Youth justice service",
    "la_housing": "Housing",
    "la_adults": "Adult social care",
    "police": "Metropolitan Police",
    "police_btp": "British Transport Police",
    "health_gp": "General practice",
    "health_acute": "Acute hospital trust",
    "health_school_nursing": "School nursing",
    "health_visiting": "Health visiting",
    "health_paediatrics": "Community paediatrics",
    "health_camhs": "Child and adolescent mental health services",
    "health_maternity": "Maternity",
    "health_ambulance": "Ambulance service",
    "health_sexual_health": "Sexual health service",
    "health_mash": "Health in the multi-agency safeguarding hub",
    "health_icb": "Integrated care board",
    "sarc": "The Havens (sexual assault referral centre)",
    "edu_school": "Schools",
    "edu_early_years": "Early years settings",
    "edu_college": "Colleges",
    "edu_la": "Local authority education service",
    "probation": "Probation",
    "cafcass": "Cafcass",
    "prison": "Prisons",
    "vcs": "Voluntary and community organisations",
    "faith": "Faith organisations",
    "sport": "Sports organisations",
    "unknown": "Agency not known",
    "lscp": "Safeguarding partnership's own office",
    "dfe": "Department for Education (published statistics)",
}

AGENCIES: Final = AGENCY_NAMES

ATTENDANCE: Final = {
    "attended": "took part in the meeting",
    "deputy": "somebody attended in place of the person invited",
    "apologies": "was invited and sent apologies",
    "did_not_attend": "was invited and neither came nor sent apologies",
    "not_invited": "was not invited",
    "not_recorded": "the record does not say",
}
MEETING_MODES: Final = {"phone": "telephone", "virtual": "video", "in_person": "face to face"}
URGENCY: Final = {
    "same_day": "serious harm or forensic evidence: the same day",
    "standard": "three working days",
    "planned": "after a telephone discussion: five working days",
}
MEETING_STATUS: Final = {"held": "took place", "cancelled": "did not take place", "planned": "is still to come"}
MEETING_OUTCOMES: Final = {
    "section_47": "a section 47 enquiry begins",
    "section_47_continues": "the section 47 enquiry goes on",
    "single_agency": "one agency acts alone",
    "child_in_need": "assessment as a child in need",
    "no_further_action": "no further action",
}
CONCERNS: Final = {
    "sexual_abuse": "sexual abuse",
    "sexual_exploitation": "child sexual exploitation",
    "harmful_sexual_behaviour": "harmful sexual behaviour",
    "physical_abuse": "physical abuse",
    "emotional_abuse": "emotional abuse",
    "neglect": "neglect",
    "domestic_abuse": "domestic abuse",
    "other": "another concern",
}
SPECIALIST_HEALTH: Final = {
    "attended": "the sexual assault referral centre or a paediatrician attended",
    "consulted": "they were consulted and did not attend",
    "reasoned_no": "they were considered and not needed, and the reason is recorded",
    "not_considered": "they were not considered",
}
"""What a strategy meeting did about specialist health advice; the metric specialist_health_considered asks it."""
CSA_CONTEXTS: Final = {"family": "in the family environment", "other": "elsewhere", "unknown": "not known"}
ROLES: Final = {
    "social_worker": "social worker",
    "team_manager": "team or practice manager",
    "service_manager": "service manager or above",
    "police_officer": "police officer",
    "police_sergeant": "police sergeant or above",
    "named_nurse": "named or specialist safeguarding nurse",
    "gp": "general practitioner",
    "paediatrician": "paediatrician",
    "school_nurse": "school nurse",
    "health_visitor": "health visitor",
    "dsl": "designated safeguarding lead",
    "sarc_clinician": "sexual assault referral centre clinician",
    "practitioner": "another practitioner",
}
CIRCULATED_ITEMS: Final = {"plan": "the plan", "minutes": "the minutes", "actions": "the action list"}
CIRCULATION_METHODS: Final = {
    "secure_email": "secure e-mail",
    "portal": "shared portal",
    "post": "post",
    "by_hand": "by hand",
    "system": "case-management system",
}
REFERRAL_SOURCES: Final = {
    "1A": "individual: family member", "1B": "individual: acquaintance", "1C": "individual: self",
    "1D": "individual: other", "2A": "schools", "2B": "education services", "3A": "health: GP",
    "3B": "health: health visitor", "3C": "health: school nurse", "3D": "health: other primary",
    "3E": "health: A&E", "3F": "health: other", "4": "housing", "5A": "local authority: social care",
    "5B": "local authority: other internal", "5C": "local authority: external", "5D": "local authority: youth justice",
    "6": "police", "7": "other legal agency", "8": "other", "9": "anonymous", "10": "unknown",
}  # fmt: skip
"""DfE children in need census, referral source."""
ASSESSMENT_FACTORS: Final = {
    "1A": "alcohol misuse: child", "1B": "alcohol misuse: parent", "1C": "alcohol misuse: other person",
    "2A": "drug misuse: child", "2B": "drug misuse: parent", "2C": "drug misuse: other person",
    "3A": "domestic abuse: child", "3B": "domestic abuse: parent", "3C": "domestic abuse: other person",
    "4A": "mental health: child", "4B": "mental health: parent", "4C": "mental health: other person",
    "5A": "learning disability: child", "5B": "learning disability: parent", "5C": "learning disability: other person",
    "6A": "physical disability: child", "6B": "physical disability: parent", "6C": "physical disability: other person",
    "7A": "young carer", "8A": "unaccompanied asylum seeker: other", "8B": "privately fostered: overseas",
    "8C": "privately fostered: other", "8D": "privately fostered: culture", "8E": "privately fostered: boarding",
    "8F": "privately fostered: other arrangement", "9A": "unaccompanied asylum-seeking child", "10A": "going missing",
    "11A": "child sexual exploitation", "12A": "trafficking", "13A": "gangs", "14A": "socially unacceptable behaviour",
    "15A": "self-harm", "16A": "neglect", "17A": "emotional abuse", "18A": "physical abuse (before 2020)",
    "18B": "physical abuse: child on child", "18C": "physical abuse: adult on child",
    "19A": "sexual abuse (before 2020)", "19B": "sexual abuse: child on child", "19C": "sexual abuse: adult on child",
    "20": "other", "21": "no factors identified", "22A": "female genital mutilation", "23A": "abuse linked to faith",
    "24A": "child criminal exploitation", "25A": "parental alienation or other family dispute",
}  # fmt: skip
"""DfE children in need census, factors identified at the end of assessment; 18A and 19A were split in 2020."""
ENQUIRY_OUTCOMES: Final = {
    "substantiated_at_risk": "concerns substantiated, child at continuing risk",
    "substantiated_not_at_risk": "concerns substantiated, child not at continuing risk",
    "not_substantiated": "concerns not substantiated",
    "transferred": "transferred to another authority",
}
PLAN_CATEGORIES: Final = {
    "NEG": "neglect", "PHY": "physical abuse", "SAB": "sexual abuse", "EMO": "emotional abuse", "MUL": "multiple",
}  # fmt: skip
RATINGS: Final = {
    "outstanding": "outstanding", "good": "good", "requires_improvement": "requires improvement", "inadequate": "inadequate",
}  # fmt: skip
RATING_SCALES: Final = {
    "ofsted": "four points: outstanding, good, requires improvement, inadequate",
    "hmicfrs": "police inspectorate, three points: good, requires improvement, inadequate",
}
AUDIT_REASONS: Final = {
    "lack_of_multi_agency_working": "lack of multi-agency working",
    "limited_information_csc_to_gp": "limited information from Children's Social Care to the GP",
    "delay_to_strategy_meeting": "delay to the strategy meeting",
    "no_management_decision": "no management decision",
    "assessment_not_thorough": "assessment not thorough",
    "limited_support": "limited support to the child",
    "agency_not_informed": "agency not informed of the concerns",
    "voice_not_captured": "voice of the child not captured",
    "other": "another reason",
}
RECOMMENDATIONS: Final = {
    "R1": "Health is represented at strategy meetings about child sexual abuse",
    "R2": "the discussion and plan reach every relevant agency, present or not",
    "R3": "Children's Social Care uses genograms effectively",
    "R4": "the child sexual abuse protocol is promoted, rolled out and embedded in training",
    "R5": "every agency makes child sexual abuse training mandatory for its staff",
    "R6": "every agency takes forward the improvements in its own area of practice",
    "R7": "concerns, suspicions and risk are recorded accurately and answered as the procedures require",
    "F": "a finding without a recommendation of its own",
}
ACTION_STATUS: Final = {"open": "open", "closed": "closed", "withdrawn": "withdrawn"}
EVIDENCE: Final = {"provided": "evidence was provided", "promised": "evidence was promised", "none": "no evidence"}
SARC_REFERRERS: Final = {
    "csc": "Children's Social Care",
    "police": "police",
    "health": "health",
    "self": "self or family",
}
INCIDENT_BANDS: Final = {
    "0-7": "within the forensic window of seven days", "8-21": "8 to 21 days", "22-365": "22 days to a year",
    "366+": "over a year", "unknown": "not known",
}  # fmt: skip
SARC_OUTCOMES: Final = {
    "examined": "examined", "not_examined": "seen, not examined", "advice_only": "advice only", "declined": "declined",
}  # fmt: skip
SUPPORT_PROVIDERS: Final = {"health_camhs": "CAMHS", "sarc": "the Havens", "vcs": "voluntary organisation"}
CLOSURE_REASONS: Final = {
    "charged": "a person was charged", "evidential_difficulty": "evidential difficulties",
    "victim_does_not_support": "the victim does not support further action", "no_crime": "no crime was found",
    "not_in_public_interest": "not in the public interest", "other_outcome": "another recorded outcome",
}  # fmt: skip
CONFERENCE_KINDS: Final = {"initial": "initial child protection conference", "review": "review conference"}
SEXES: Final = {"F": "female", "M": "male", "U": "not known"}
ETHNICITIES: Final = {
    "WBRI": "White British", "WIRI": "White Irish", "WIRT": "Traveller of Irish heritage", "WROM": "Gypsy or Roma",
    "WOTH": "any other White background", "MWBC": "White and Black Caribbean", "MWBA": "White and Black African",
    "MWAS": "White and Asian", "MOTH": "any other mixed background", "AIND": "Indian", "APKN": "Pakistani",
    "ABAN": "Bangladeshi", "AOTH": "any other Asian background", "BCRB": "Caribbean", "BAFR": "African",
    "BOTH": "any other Black background", "CHNE": "Chinese", "OOTH": "any other ethnic group", "REFU": "refused",
    "NOBT": "not obtained",
}  # fmt: skip
ETHNIC_GROUPS: Final = {
    **dict.fromkeys(("WBRI", "WIRI", "WIRT", "WROM", "WOTH"), "White"),
    **dict.fromkeys(("MWBC", "MWBA", "MWAS", "MOTH"), "Mixed"),
    **dict.fromkeys(("AIND", "APKN", "ABAN", "AOTH", "CHNE"), "Asian"),
    **dict.fromkeys(("BCRB", "BAFR", "BOTH"), "Black"),
    "OOTH": "Other",
}
"""Ethnicity → its group, by the harmonised standard of the Government Statistical Service (Chinese is Asian there)."""
AREA_LEVELS: Final = {"national": "country", "regional": "region", "local_authority": "local authority"}
STATISTICS_MARKS: Final = {
    "c": "hidden to protect children", "u": "low reliability", "x": "not available", "z": "not applicable",
    ":": "not available",
}  # fmt: skip
STATISTICS: Final = {
    "icpc_within_15_working_days": "initial child protection conferences within 15 working days of the section 47 start",
    "icpc_0_to_10_working_days": "conferences within 10 working days",
    "icpc_11_to_15_working_days": "conferences at 11 to 15 working days",
    "icpc_16_to_20_working_days": "conferences at 16 to 20 working days",
    "icpc_21_or_more_working_days": "conferences after 21 working days or more",
    "section_47_enquiries": "section 47 enquiries started",
    "assessments_within_45_working_days": "assessments completed within 45 working days",
    "factor_sexual_abuse_child_on_child": "assessments with factor 19B",
    "factor_sexual_abuse_adult_on_child": "assessments with factor 19C",
}

LISTS: Final[dict[str, dict[str, str]]] = {
    "agencies": AGENCIES,
    "attendance": ATTENDANCE,
    "meeting_modes": MEETING_MODES,
    "urgency": URGENCY,
    "meeting_status": MEETING_STATUS,
    "meeting_outcomes": MEETING_OUTCOMES,
    "concerns": CONCERNS,
    "csa_contexts": CSA_CONTEXTS,
    "specialist_health": SPECIALIST_HEALTH,
    "roles": ROLES,
    "circulated_items": CIRCULATED_ITEMS,
    "circulation_methods": CIRCULATION_METHODS,
    "referral_sources": REFERRAL_SOURCES,
    "assessment_factors": ASSESSMENT_FACTORS,
    "enquiry_outcomes": ENQUIRY_OUTCOMES,
    "plan_categories": PLAN_CATEGORIES,
    "ratings": RATINGS,
    "rating_scales": RATING_SCALES,
    "audit_reasons": AUDIT_REASONS,
    "recommendations": RECOMMENDATIONS,
    "action_status": ACTION_STATUS,
    "evidence": EVIDENCE,
    "sarc_referrers": SARC_REFERRERS,
    "incident_bands": INCIDENT_BANDS,
    "sarc_outcomes": SARC_OUTCOMES,
    "support_providers": SUPPORT_PROVIDERS,
    "closure_reasons": CLOSURE_REASONS,
    "conference_kinds": CONFERENCE_KINDS,
    "sexes": SEXES,
    "ethnicities": ETHNICITIES,
    "area_levels": AREA_LEVELS,
    "statistics_marks": STATISTICS_MARKS,
    "statistics": STATISTICS,
}
"""Every code list by the name that a column's declaration uses."""
