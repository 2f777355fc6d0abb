"""The made-up partnership: the same every time, and telling the story it is meant to tell."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import nhs_number
import pytest
from python_calamine import CalamineWorkbook

from connectors.agency import all_feeds
from connectors.synthetic import build, truth
from connectors.synthetic.audit import RETURNS
from connectors.synthetic.dice import months, working_day
from connectors.synthetic.facts import World
from schemas.checks import is_upn_right

LAST = date(2026, 10, 1)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landing")
    build(folder, months=6, last_month=LAST)
    return folder


def test_the_same_seed_makes_the_same_files_byte_for_byte(landing: Path, tmp_path: Path) -> None:
    build(tmp_path, months=6, last_month=LAST)
    assert digests(tmp_path) == digests(landing)


def test_another_seed_makes_another_partnership(landing: Path, tmp_path: Path) -> None:
    build(tmp_path, months=2, last_month=LAST, seed=7)
    name = "csc_mosaic/mosaic_2026-10.zip"
    assert digests(tmp_path)[name] != digests(landing)[name]


def test_every_feed_has_files_that_its_pattern_finds(landing: Path) -> None:
    assert {folder.name for folder in landing.iterdir()} == set(all_feeds())
    for feed in all_feeds().values():
        files = list((landing / feed.name).iterdir())
        assert files
        assert sorted(files) == sorted((landing / feed.name).glob(feed.files))


def test_schools_have_not_sent_their_last_two_months(landing: Path) -> None:
    sent = sorted(path.stem[-7:] for path in (landing / "edu_school_cpoms").iterdir())
    assert sent == ["2026-05", "2026-06", "2026-07", "2026-08"]


def test_the_audit_has_twelve_returns_six_of_them_good_or_outstanding(landing: Path) -> None:
    (path,) = (landing / "lscp_audit").iterdir()
    header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Returns").to_python()
    grades = Counter(str(row[header.index("Your grade")]).casefold() for row in rows)
    assert grades == {"outstanding": 1, "good": 5, "requires improvement": 5, "inadequate": 1}
    assert {place for *_, reasons in RETURNS for place in reasons} == set(range(8))


def test_numbers_of_children_are_of_the_range_for_testing_and_right() -> None:
    children = {child for meeting in truth(LAST, 6).meetings for child in meeting.children}
    numbers = [child.nhs_number for child in children if child.nhs_number]
    assert all(number.startswith("999") and nhs_number.is_valid(number) for number in numbers)
    assert all(is_upn_right(child.upn) for child in children if child.upn)
    assert len(set(numbers)) == len(numbers)


def test_health_comes_more_often_at_the_end_than_at_the_beginning() -> None:
    world = truth(LAST, 24)
    year_before, last_year = (
        [
            meeting
            for meeting in world.meetings
            if meeting.is_csa and meeting.parts and first <= meeting.held_at.date() < end
        ]
        for first, end in ((date(2024, 11, 1), date(2025, 11, 1)), (date(2025, 11, 1), date(2026, 11, 1)))
    )
    shares = [
        sum(
            any(part.agency.startswith("health_") and part.attendance in ("attended", "deputy") for part in one.parts)
            for one in meetings
        )
        / len(meetings)
        for meetings in (year_before, last_year)
    ]
    assert 0.65 < shares[0] < shares[1] < 0.95


def shares(world: World, told: Iterable[tuple[date, bool]]) -> tuple[float, float]:
    """The share that holds in the first year and in the last."""
    middle = world.months[len(world.months) // 2]
    parts = ([holds for day, holds in told if (day < middle) is first] for first in (True, False))
    first, last = (sum(part) / len(part) for part in parts)
    return first, last


def test_what_meetings_agree_and_records_say_grows_better_and_stays_short_of_all() -> None:
    world = truth(LAST, 24)
    held = [meeting for meeting in world.meetings if meeting.is_csa and meeting.status == "held"]
    considered = [
        (one.held_at.date(), one.specialist_health in ("attended", "consulted", "reasoned_no")) for one in held
    ]
    owned = [(one.held_at.date(), all(action.owner and action.due_on for action in one.actions)) for one in held]
    seen = [(one.started_on, one.seen_alone_on is not None) for one in world.enquiries if one.is_csa]
    for told in (considered, owned, seen):
        first, last = shares(world, told)
        assert 0.3 < first < last < 0.97


def test_practices_name_the_concern_less_often_than_the_police() -> None:
    world = truth(LAST, 24)
    concerned = {child.ref for meeting in world.meetings if meeting.is_csa for child in meeting.children}
    said = {
        agency: [one.csa_recorded for one in world.involvements if one.agency == agency and one.child.ref in concerned]
        for agency in ("health_gp", "police")
    }
    assert None in said["health_gp"]
    assert (
        said["health_gp"].count(True) / len(said["health_gp"]) < 0.7 < said["police"].count(True) / len(said["police"])
    )


def test_two_agencies_words_on_one_event_differ_now_and_then_both_ways() -> None:
    world = truth(LAST, 24)
    enquiries = {(one.child.ref, one.started_on): one for one in world.enquiries}
    pairs = [
        (one, enquiries[one.child.ref, one.strategy_on])
        for one in world.investigations
        if (one.child.ref, one.strategy_on) in enquiries
    ]
    closing = Counter(
        (police.closing_discussion_on is None, csc.closing_discussion_on is None) for police, csc in pairs
    )
    reason = Counter((police.shared_at is None, csc.police_closure_received_on is None) for police, csc in pairs)
    agreed = Counter((one.agreed_on is None, one.offered_on is None) for one in world.support)
    assert set(closing) == set(reason) == {(one, other) for one in (True, False) for other in (True, False)}
    assert set(agreed) == {(False, False), (True, False), (False, True)}  # of what neither records nobody knows


def test_the_voluntary_organisation_has_not_sent_one_month(landing: Path) -> None:
    sent = sorted(path.stem[-7:] for path in (landing / "vcs_lamplight").iterdir())
    assert sent == ["2026-05", "2026-07", "2026-08", "2026-09", "2026-10"]


def test_months_cross_a_year_and_working_days_skip_bank_holidays() -> None:
    assert months(date(2026, 2, 14), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert working_day(date(2026, 4, 2), 1) == date(2026, 4, 7)  # over Good Friday and Easter Monday


def test_no_months_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        build(Path(), months=0, last_month=LAST)
