"""The words of Mosaic's pick lists, as Children's Social Care writes them, and what they mean in ours."""

from typing import Final

AGENCIES: Final = {
    "Children's Social Care": "csc",
    "Early Help": "la_early_help",
    "Youth Justice": "la_youth_justice",
    "Housing": "la_housing",
    "Adult Social Care": "la_adults",
    "Police (Met)": "police",
    "Police (BTP)": "police_btp",
    "GP": "health_gp",
    "Hospital": "health_acute",
    "School Nurse": "health_school_nursing",
    "Health Visitor": "health_visiting",
    "Community Paediatrician": "health_paediatrics",
    "CAMHS": "health_camhs",
    "Midwifery": "health_maternity",
    "Ambulance": "health_ambulance",
    "Sexual Health": "health_sexual_health",
    "MASH Health": "health_mash",
    "ICB": "health_icb",
    "Havens": "sarc",
    "School": "edu_school",
    "Nursery": "edu_early_years",
    "College": "edu_college",
    "LA Education": "edu_la",
    "Probation": "probation",
    "Cafcass": "cafcass",
    "Prison": "prison",
    "Voluntary Sector": "vcs",
    "Faith Group": "faith",
    "Sports Club": "sport",
    "Not known": "unknown",
}
ATTENDANCE: Final = {
    "Attended": "attended",
    "Deputy attended": "deputy",
    "Apologies": "apologies",
    "Apologies - report sent": "apologies",
    "Did not attend": "did_not_attend",
    "Not invited": "not_invited",
    "Not recorded": "not_recorded",
}
"""Apologies with a report are apologies: the report is said in INFORMATION_GIVEN and is not attendance."""
ROLES: Final = {
    "Social Worker": "social_worker",
    "Team Manager": "team_manager",
    "Service Manager": "service_manager",
    "DC / PC": "police_officer",
    "DS or above": "police_sergeant",
    "Named Nurse": "named_nurse",
    "General Practitioner": "gp",
    "Paediatrician": "paediatrician",
    "School Nurse": "school_nurse",
    "Health Visitor": "health_visitor",
    "Designated Safeguarding Lead": "dsl",
    "SARC Clinician": "sarc_clinician",
    "Other professional": "practitioner",
}
MODES: Final = {"Telephone": "phone", "MS Teams": "virtual", "Virtual": "virtual", "Face to face": "in_person"}
URGENCY: Final = {
    "Same day": "same_day",
    "Within 3 working days": "standard",
    "Full meeting after telephone discussion": "planned",
}
CONCERNS: Final = {
    "Sexual abuse": "sexual_abuse",
    "Child sexual exploitation": "sexual_exploitation",
    "Harmful sexual behaviour": "harmful_sexual_behaviour",
    "Physical abuse": "physical_abuse",
    "Emotional abuse": "emotional_abuse",
    "Neglect": "neglect",
    "Domestic abuse": "domestic_abuse",
    "Other": "other",
}
CSA_CONTEXTS: Final = {"Within family environment": "family", "Outside family": "other", "Not known": "unknown"}
SPECIALIST_HEALTH: Final = {
    "Attended": "attended",
    "Consulted": "consulted",
    "Not needed - reason recorded": "reasoned_no",
    "Not considered": "not_considered",
}
PROVIDERS: Final = {"CAMHS": "health_camhs", "Havens": "sarc", "Voluntary Sector": "vcs"}
OUTCOMES: Final = {
    "Initiate S47": "section_47",
    "Continue S47": "section_47_continues",
    "Single agency": "single_agency",
    "CIN assessment": "child_in_need",
    "NFA": "no_further_action",
}
STATUS: Final = {"Completed": "held", "Cancelled": "cancelled", "Scheduled": "planned"}
ITEMS: Final = {"Child protection plan": "plan", "Minutes": "minutes", "Action list": "actions"}
METHODS: Final = {
    "Secure email": "secure_email",
    "Portal": "portal",
    "Post": "post",
    "By hand": "by_hand",
    "Mosaic": "system",
}
ENQUIRY_OUTCOMES: Final = {
    "Substantiated - continuing risk": "substantiated_at_risk",
    "Substantiated - no continuing risk": "substantiated_not_at_risk",
    "Not substantiated": "not_substantiated",
    "Transferred to other LA": "transferred",
}
SEXES: Final = {"Male": "M", "Female": "F", "Indeterminate": "U", "Unknown": "U", "Unborn": "U"}
