"""Figures of twelve months are broken down by family and mode of a meeting, and by a child's age, sex and ethnicity."""

from collections.abc import Mapping

from tests.warehouse.drawn import draw, figures, returned
from warehouse.store import Store

YEAR = ("2025-11", "2026-10")


def broken_down(store: Store, metric: str) -> dict[str, dict[str, tuple[int, int]]]:
    """Breakdown → value → numerator and denominator of the year; the whole is under ""."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in figures(store, metric):
        if row["period_label"] == "12 months to 2026-10" and not row["category"]:
            assert row["period_kind"] == "rolling_12_months"
            found.setdefault(row["breakdown"], {})[row["breakdown_value"]] = row["numerator"], row["denominator"]
        assert not row["breakdown"] or row["period_kind"] == "rolling_12_months"
    return found


def add_up(found: Mapping[str, Mapping[str, tuple[int, int]]]) -> bool:
    """Every breakdown has all of the whole, once."""
    whole = found[""][""]
    return all(tuple(map(sum, zip(*of.values(), strict=True))) == whole for breakdown, of in found.items() if breakdown)


def test_meetings_by_family_and_mode(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code | csa_context_code | mode_code
        M1          | 2026-10-05 10:00 | sexual_abuse  | held        | family           | phone
        M2          | 2026-09-06 10:00 | sexual_abuse  | held        | other            | phone
        M3          | 2026-08-07 10:00 | sexual_abuse  | held        |                  |
        """,
    )
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | attendance_code
        csc     | health_gp   | M1          | attended
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_participation", *YEAR)
    found = broken_down(store, "health_present")
    assert found == {
        "": {"": (1, 3)},
        "family": {"in the family": (1, 1), "elsewhere or not said": (0, 2)},
        "mode": {"phone": (1, 2), "unknown": (0, 1)},
    }
    assert add_up(found)


def test_children_by_age_sex_and_ethnicity(store: Store):
    draw(
        store,
        "children",
        """
        said_by   | child_ref | nhs_number | born_on    | expected_on | sex_code | ethnicity_code
        csc       | LA1       | 9990000018 | 2021-10-01 |             | F        | CHNE
        health_gp |           | 9990000018 |            |             | F        | NOBT
        csc       | LA2       | 9990000026 | 2010-09-01 |             | F        | WBRI
        health_gp |           | 9990000026 | 2010-09-01 |             | M        | MWBC
        csc       | LA3       |            |            | 2026-12-01  | U        | WIRI
        csc       | LA4       |            | 2021-09-01 |             | M        | REFU
        """,
    )
    draw(
        store,
        "section_47_enquiries",
        """
        child_ref | s47_ref | started_on | icpc_on    | csa_concern
        LA1       | S1      | 2026-09-10 | 2026-10-01 | yes
        LA2       | S2      | 2026-09-10 | 2026-10-01 | yes
        LA3       | S3      | 2026-09-10 | 2026-10-01 | yes
        LA4       | S4      | 2026-09-10 | 2026-10-02 | yes
        LA5       | S5      | 2026-09-10 | 2026-10-01 | yes
        """,
    )
    returned(store, "csc", "section_47_enquiries", *YEAR)
    found = broken_down(store, "icpc_on_time")
    assert found == {
        "": {"": (4, 5)},
        # LA1 has its fifth birthday in the month after, LA4 had it; LA2 is sixteen; of LA5 nobody says anything
        "age_band": {"0-4": (1, 1), "5-9": (0, 1), "16-17": (1, 1), "unborn": (1, 1), "unknown": (1, 1)},
        # the practice and Children's Social Care do not agree on LA2
        "sex": {"F": (1, 1), "M": (0, 1), "unknown": (3, 3)},
        "ethnicity": {"Asian": (1, 1), "White": (1, 1), "unknown": (2, 3)},
    }
    assert add_up(found)
