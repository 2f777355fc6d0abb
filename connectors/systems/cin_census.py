"""The children in need census as local authorities return it to the Department for Education: yearly XML.

The word for sex changed with the 2025 specification (`GenderCurrent` 0, 1, 2, 9 became `Sex` M, F, U), and
real returns of the years between mix the two. Sources: CIN schema 2024 and 2025.
"""

from typing import Final

from connectors.agency import Always, Feed, Said, Source, Stream, Xml
from schemas.tables.assessments import Assessments
from schemas.tables.child_protection_plans import ChildProtectionPlans
from schemas.tables.children import Children
from schemas.tables.conferences import Conferences
from schemas.tables.referrals import Referrals
from schemas.tables.section_47_enquiries import Section47Enquiries

SEXES: Final = {"1": "M", "2": "F", "0": "U", "9": "U"}
"""0 not recorded or unborn, 9 indeterminate: both unknown from 2025."""
RECORD: Final = "/Message/Children/Child"
DETAILS: Final = f"{RECORD}/CINdetails"


def _child(up: str) -> dict[str, Source]:
    return {"child_ref": f"{up}ChildIdentifiers/LAchildID", "upn": f"{up}ChildIdentifiers/UPN"}


def _conference(member: str, kind: str, up: str) -> Stream:
    """Each date element is a conference of its own."""
    return Stream(Conferences, {**_child(up), "kind_code": Always(kind), "held_on": "."}, member=f"{DETAILS}/{member}")


STREAMS: Final = (
    Stream(
        Children,
        member=RECORD,
        columns={
            "said_by": Always("csc"),
            **_child(""),
            "former_upn": "ChildIdentifiers/FormerUPN",
            "born_on": "ChildIdentifiers/PersonBirthDate",
            "expected_on": "ChildIdentifiers/ExpectedPersonBirthDate",
            "died_on": "ChildIdentifiers/PersonDeathDate",
            "sex_code": Said("ChildIdentifiers/Sex|ChildIdentifiers/GenderCurrent", SEXES),
            "ethnicity_code": "ChildCharacteristics/Ethnicity",
        },
    ),
    Stream(
        Referrals,
        member=DETAILS,
        columns={
            **_child("../"),
            "received_at": "CINreferralDate",
            "source_code": "ReferralSource",
            "no_further_action": "ReferralNFA",
            "closed_on": "CINclosureDate",
        },
    ),
    Stream(
        Assessments,
        member=f"{DETAILS}/Assessments",
        columns={
            **_child("../../"),
            "referred_on": "../CINreferralDate",
            "started_on": "AssessmentActualStartDate",
            "authorised_on": "AssessmentAuthorisationDate",
            "factor_codes": Said("FactorsIdentifiedAtAssessment/AssessmentFactors", split="|"),
        },
    ),
    Stream(
        Section47Enquiries,
        member=f"{DETAILS}/Section47",
        columns={
            **_child("../../"),
            "referred_on": "../CINreferralDate",
            "started_on": "S47ActualStartDate",
            "icpc_target_on": "InitialCPCtarget",
            "icpc_on": "DateOfInitialCPC",
            "icpc_not_required": "ICPCnotRequired",
        },
    ),
    # An initial conference stands beside the enquiry that led to it, or alone when the child moved in.
    _conference("DateOfInitialCPC", "initial", "../../"),
    _conference("Section47/DateOfInitialCPC", "initial", "../../../"),
    _conference("ChildProtectionPlans/Reviews/CPPreviewDate", "review", "../../../../"),
    Stream(
        ChildProtectionPlans,
        member=f"{DETAILS}/ChildProtectionPlans",
        columns={
            **_child("../../"),
            "started_on": "CPPstartDate",
            "ended_on": "CPPendDate",
            "initial_category_code": "InitialCategoryOfAbuse",
            "latest_category_code": "LatestCategoryOfAbuse",
            "previous_plans": "NumberOfPreviousCPP",
        },
    ),
)


def feed(agency: str = "csc") -> Feed:
    """The census return, the same for every local authority."""
    return Feed(
        name=f"{agency}_cin_census",
        agency=agency,
        system="Children in need census (DfE)",
        reads=Xml(),
        files="*.xml",
        every="year",
        # The file's name carries a year or a date of making, never a month it speaks for.
        period=r"(?!)",
        carries="its_period",
        streams=STREAMS,
        ignores=(
            "Header",
            "UPNunknown",
            "Disabilities",
            "PrimaryNeedCode",
            "ReasonForClosure",
            "AssessmentInternalReviewDate",
            "CINPlanDates",
        ),
    )
