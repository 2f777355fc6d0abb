"""Lamplight, the records system of charities: one CSV of the support they offered, dates day first.

A charity knows a child by what the referral carried: the local authority's number, now and then the NHS number.
"""

from typing import Final

from connectors.agency import Always, Csv, Feed, Said, Stream
from schemas.tables.support_offers import SupportOffers

DECLINED: Final = {"Accepted": "no", "Waiting list": "no", "Declined by child": "yes", "Declined by family": "yes"}
"""An empty cell is an offer that nobody has answered yet."""


def support(agency: str) -> Stream:
    """Offers of support by the charity itself."""
    return Stream(
        SupportOffers,
        columns={
            "said_by": Always(agency),
            "provider_code": Always(agency),
            "child_ref": "LA Reference",
            "nhs_number": "NHS Number",
            "offered_on": "Offer Date",
            "started_on": "First Session",
            "declined": Said("Response", DECLINED),
        },
        ignores=("Referral ID", "Service User", "Project", "Key Worker", "Case Notes"),
    )


def feed(agency: str) -> Feed:
    """The monthly export of a charity."""
    return Feed(
        name=f"{agency}_lamplight",
        agency=agency,
        system="Lamplight",
        reads=Csv(),
        files="*.csv",
        dates=("%d/%m/%Y",),
        carries="its_period",
        streams=(support(agency),),
    )
