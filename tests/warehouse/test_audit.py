"""What a person reads when the audit has stopped a publication."""

from warehouse.audit import AuditStopped
from warehouse.bands import MATTERS, Banded, Kind


def banded(kind: Kind, name: str) -> Banded:
    return Banded(kind, name, 0.0, 80.0, 100.0, f"{name}: 0.0%.")


def test_each_figure_has_a_line_and_what_they_share_is_said_once():
    stopped = AuditStopped([banded("restated", "a"), banded("newest", "b"), banded("restated", "c")])
    assert str(stopped).splitlines() == [
        "3 of what would be published are unlikely, and the last report stands.",
        MATTERS["restated"],
        "  a: 0.0%.",
        "  c: 0.0%.",
        MATTERS["newest"],
        "  b: 0.0%.",
        "Where it is right all the same: `quorate publish --accept --by NAME --why TEXT`.",
    ]


def test_of_many_twenty_are_named():
    lines = str(AuditStopped([banded("newest", f"figure {number}") for number in range(23)])).splitlines()
    assert sum(line.startswith("  figure ") for line in lines) == 20
    assert lines[-2] == "And 3 more."
