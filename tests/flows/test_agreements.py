"""The register as an operator has it: agreements and terms in ``quorate.toml``, and what a person decides."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import delete, select

from connectors.receipts import Decision, read_all
from flows import agreements, sweep
from flows.decisions import Undecidable
from flows.rebuilding import rebuild
from flows.settings import Settings, settings_of
from flows.soundness import disagreements
from quorate.examination import examine
from quorate.failures import explain
from tests.flows.lived import empty_database
from warehouse.agreements import LEVELS, Level
from warehouse.known import known_at
from warehouse.owing import Owed
from warehouse.store import open_store
from warehouse.tables import ESCALATIONS, MEASURES, OUTBOX, OWED_DECISIONS

FIXTURES = Path(__file__).parents[1] / "fixtures"
NIGHT = datetime(2026, 5, 25, 2, 30)
LATE = datetime(2026, 6, 24, 2, 30)
"""May was due on 12 June, and overdue from the 20th."""
AUTUMN = "[[terms]]\nname = 'A'\nstarts_on = 2026-09-01\nends_on = 2026-12-18\n"
WHO = {"by": "A. Manager", "why": "a new system; agreed on the telephone"}


@pytest.fixture
def home(tmp_path: Path, url: str) -> Settings:
    """A partnership in which the police have sent April."""
    shutil.copytree(FIXTURES / "police_niche", tmp_path / "landing" / "police_niche")
    return settings_of(tmp_path, url)


def register(settings: Settings) -> dict[str, tuple[str, int, int, str, str]]:
    return {
        one.feed: (one.every, one.due_working_day, one.grace_working_days, one.contact, one.why)
        for one in agreements.register(settings)
    }


def stands(settings: Settings, at: datetime, feed: str = "police_niche") -> Owed:
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        return next(one for one in agreements.standings(connection, settings, at.date()) if one.feed == feed)


def told(settings: Settings) -> list[tuple[str, str, int]]:
    """Name of the event, feed and level."""
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        chased = OUTBOX.c.name.in_(("quorate.delivery.overdue", "quorate.delivery.missing"))
        lines = connection.execute(select(OUTBOX.c.name, OUTBOX.c.payload).where(chased).order_by(OUTBOX.c.occurred_at))
        said = [(name.rpartition(".")[2], json.loads(payload)) for name, payload in lines]
    return [(name, payload["feed"], payload["level"]) for name, payload in said]


def toml(settings: Settings, text: str) -> Settings:
    (settings.home / "quorate.toml").write_text(text, encoding="utf-8")
    return settings_of(settings.home, settings.warehouse)


def test_without_a_word_a_folder_is_an_agreement_as_the_feed_declares_it(home):
    (home.landing / "csc_learning").mkdir()
    assert register(home) == {
        "csc_learning": ("quarter", 10, 5, "safeguarding lead", ""),
        "police_niche": ("month", 10, 5, "safeguarding lead", ""),
    }
    with sweep.open_warehouse(home) as store, store.reading() as connection:
        why = agreements.reasons(agreements.standings(connection, home, NIGHT.date()))
    assert why["csc_learning"] == "evidence for R4, R5"
    assert "R1" in why["police_niche"]


def test_what_was_agreed_for_a_feed_goes_before_what_is_said_of_all(home):
    settings = toml(
        home,
        """
        due_working_day = 8
        [agreements.police_niche]
        grace_working_days = 0
        contact = "detective superintendent, public protection"
        why = "resolution 14 of the board"
        [agreements.sarc_havens]
        every = "quarter"
        begins_on = 2026-01-01
        """,
    )
    contact = "detective superintendent, public protection"
    assert register(settings) == {
        "police_niche": ("month", 8, 0, contact, "resolution 14 of the board"),
        "sarc_havens": ("quarter", 8, 5, "safeguarding lead", ""),  # owed, though it has no folder yet
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[agreements.police_nich]\n", "agreements has a value it cannot have"),
        ("[agreements.police_niche]\ncontact = 'j.smith@met.police.uk'\n", "agreements.police_niche.contact"),
        ("[agreements.police_niche]\ncontact = '020 7946 0123'\n", "agreements.police_niche.contact"),
        ("[agreements.police_niche]\nevery = 'week'\n", "agreements.police_niche.every"),
        ("[agreements.police_niche]\nperson = 'x'\n", "agreements.police_niche.person is no setting"),
        ("[[terms]]\nname = 'A'\nstarts_on = 2026-09-01\nends_on = 2026-08-01\n", "terms has a value"),
        (AUTUMN + "[[terms]]\nname = 'A'\nstarts_on = 2027-01-04\nends_on = 2027-04-01\n", "terms has a value"),
        (AUTUMN + "[[terms]]\nname = 'B'\nstarts_on = 2026-12-01\nends_on = 2027-04-01\n", "terms has a value"),
        ("escalation = []\n", "escalation has a value"),
        ("[[escalation]]\nname = 'x'\nafter_working_days = 1\nto = 'y'\n", "escalation.0.to"),
        ("grace_days = 20\n", "grace_days is no setting"),
    ],
)
def test_a_register_that_says_nothing_sensible_is_refused_by_name(home, text, says):
    with pytest.raises(ValidationError) as caught:
        toml(home, text)
    assert says in explain(caught.value)[1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("[agreements.police_niche]\nevery = 'term'\n", [False]),
        ("[agreements.police_niche]\nevery = 'term'\n" + AUTUMN.replace("2026", "2020"), [False]),
        ("[agreements.police_niche]\nevery = 'term'\n" + AUTUMN.replace("2026", "2048"), [True]),
    ],
)
def test_doctor_asks_for_term_dates_where_a_return_is_owed_by_the_term(home, text, found):
    examined = [one for one in examine(toml(home, text)) if one.what == "school terms"]
    assert [one.is_well for one in examined] == found
    assert all("police_niche go by months" in one.says for one in examined if not one.is_well)


def test_levels_are_put_in_order_of_their_days(home):
    assert home.escalation == LEVELS
    settings = toml(
        home,
        "[[escalation]]\nname = 'board'\nafter_working_days = 30\n"
        "[[escalation]]\nname = 'letter'\nafter_working_days = 2\n",
    )
    assert settings.escalation == (Level("letter", 2), Level("board", 30))


def test_the_night_tells_who_is_overdue_and_who_never_came_once(home):
    (home.landing / "sarc_havens").mkdir()
    sweep.nightly(home, NIGHT)
    run = sweep.nightly(home, LATE)
    assert [(one.feed, one.standing, one.level_name) for one in run.missing] == [
        ("police_niche", "overdue", "reminder"),
        ("sarc_havens", "missing", "board"),  # a month after the first night missed it
    ]
    again = sweep.nightly(home, LATE + timedelta(hours=1))
    assert again.missing == run.missing
    assert told(home) == [("missing", "sarc_havens", 1), ("overdue", "police_niche", 1), ("missing", "sarc_havens", 3)]


def test_a_file_that_comes_late_ends_it(home):
    sweep.nightly(home, NIGHT)
    (file,) = (home.landing / "police_niche").iterdir()
    assert [one.labels for one in sweep.nightly(home, LATE).missing] == [("2026-05",)]
    shutil.copy(file, file.with_name(file.name.replace("2026-04", "2026-05")))
    with file.with_name(file.name.replace("2026-04", "2026-05")).open("ab") as same:
        same.write(b"\0")  # other bytes, the same rows
    assert sweep.nightly(home, LATE).missing == ()


def test_who_is_snoozed_or_excused_is_not_chased_and_the_figures_are_not_assured_all_the_same(home):
    def figures() -> list[tuple[object, ...]]:
        with open_store(home.warehouse_url) as store, store.reading() as connection:
            of = MEASURES.c
            names = (of.metric, of.period_label, of.agency_code, of.view, of.category, of.assurance, of.coverage)
            return sorted(tuple(map(str, row)) for row in connection.execute(select(*names)))

    sweep.nightly(home, NIGHT)
    before = figures()
    with sweep.open_warehouse(home) as store:
        agreements.excuse(store, home, "police_niche", "2026-05", at=LATE, **WHO)
        agreements.snooze(store, home, "police_niche", date(2026, 12, 31), at=LATE, **WHO)
        sweep.publish(store, home, LATE)
    assert sweep.nightly(home, LATE).missing == ()
    assert told(home) == []
    assert figures() == before
    found = stands(home, LATE)
    assert (found.standing, list(found.excused), found.snoozed and found.snoozed.by) == (
        "excused", ["2026-05"], "A. Manager",
    )  # fmt: skip
    assert stands(home, datetime(2026, 8, 1)).standing == "snoozed"  # for June
    assert stands(home, datetime(2027, 1, 1)).standing == "overdue"


def test_both_can_be_taken_back(home):
    sweep.nightly(home, NIGHT)
    with sweep.open_warehouse(home) as store:
        agreements.excuse(store, home, "police_niche", "2026-05", at=LATE, **WHO)
        agreements.snooze(store, home, "police_niche", date(2026, 12, 31), at=LATE, **WHO)
        agreements.snooze(store, home, "police_niche", None, at=LATE, **WHO)
        agreements.excuse(store, home, "police_niche", "2026-05", at=LATE, undo=True, **WHO)
    assert stands(home, LATE).labels == ("2026-05",)
    kinds = [one.kind for one in read_all(home.archive) if isinstance(one, Decision)]
    assert kinds == ["excuse", "snooze", "unsnooze", "unexcuse"]


@pytest.mark.parametrize(
    ("feed", "period", "undo", "says"),
    [
        ("police_niche", "2031-01", False, "owes no such period; within a year of today there are: 2025-06, 2025-07"),
        ("csc_mosaic", "2026-05", False, "No feed that is owed is named so; these are: police_niche."),
        ("police_niche", "2026-05", True, "police_niche is not excused for 2026-05"),
    ],
)
def test_what_cannot_be_decided_says_what_can(home, feed, period, undo, says):
    sweep.nightly(home, NIGHT)
    with sweep.open_warehouse(home) as store, pytest.raises(Undecidable, match=says):
        agreements.excuse(store, home, feed, period, at=LATE, undo=undo, **WHO)
    with sweep.open_warehouse(home) as store, pytest.raises(Undecidable, match="police_niche is not snoozed"):
        agreements.snooze(store, home, "police_niche", None, at=LATE, **WHO)
    assert [one for one in read_all(home.archive) if isinstance(one, Decision)] == []


def test_a_term_is_meant_by_its_name_or_its_last_month(home):
    settings = toml(home, "[agreements.police_niche]\nevery = 'term'\n")
    sweep.nightly(settings, NIGHT)
    with sweep.open_warehouse(settings) as store:
        agreements.excuse(store, settings, "police_niche", "2026-07", at=LATE, **WHO)
        agreements.excuse(store, settings, "police_niche", "Autumn 2026", at=LATE, **WHO)
        with store.reading() as connection:
            assert set(connection.scalars(select(OWED_DECISIONS.c.period))) == {"Summer 2026", "Autumn 2026"}
        agreements.excuse(store, settings, "police_niche", "2026-12", at=LATE, undo=True, **WHO)  # before it is over


def test_what_is_owed_for_longer_than_a_year_can_be_excused_by_its_name(home):
    settings = toml(home, "[agreements.police_niche]\nevery = 'year'\nbegins_on = 2025-04-01\n")
    with sweep.open_warehouse(settings) as store:
        late = datetime(2027, 4, 5)
        assert agreements.excuse(store, settings, "police_niche", "2025-26", at=late, **WHO) == "2025-26"
        assert agreements.standing_of(store, settings, "police_niche", late.date()).standing == "due"
        assert agreements.excuse(store, settings, "police_niche", "2025-26", at=late, undo=True, **WHO) == "2025-26"
        assert agreements.standing_of(store, settings, "police_niche", late.date()).labels == ("2025-26",)


def test_a_file_that_is_held_here_makes_nobody_chased(home):
    """It came with a manifest of other rows than it has, and a person decides about it."""
    (file,) = (home.landing / "police_niche").iterdir()
    file.with_name(f"{file.name}.manifest.json").write_text('{"rows": 99}', encoding="utf-8")
    assert sweep.nightly(home, NIGHT).missing == ()
    assert (stands(home, LATE).standing, stands(home, LATE).held) == ("overdue", ("2026-04",))  # May has not come
    assert stands(home, datetime(2026, 6, 1)).standing == "held"
    assert told(home) == []


def test_a_decision_that_a_crash_came_before_is_seen_and_repeating_it_is_one_decision(home):
    sweep.nightly(home, NIGHT)
    with sweep.open_warehouse(home) as store:
        agreements.excuse(store, home, "police_niche", "2026-05", at=LATE, **WHO)
        with store.writing() as connection:
            connection.execute(delete(OWED_DECISIONS))
        with store.reading() as connection:
            said = [one.says for one in disagreements(connection, home.archive)]
        command = "`quorate owed excuse police_niche`"
        assert said == [f"{command} was decided and not carried out: repeat it, with the same words"]
        agreements.excuse(store, home, "police_niche", "2026-05", at=LATE + timedelta(days=1), **WHO)
        with store.reading() as connection:
            assert list(disagreements(connection, home.archive)) == []
            assert connection.scalars(select(OWED_DECISIONS.c.decided_at)).all() == [LATE]


def test_it_can_be_asked_how_it_stood(home):
    sweep.nightly(home, NIGHT)
    sweep.nightly(home, LATE)
    with sweep.open_warehouse(home) as store:
        agreements.excuse(store, home, "police_niche", "2026-05", at=LATE + timedelta(days=1), **WHO)
        for at, standing in ((LATE, "overdue"), (LATE + timedelta(days=2), "excused")):
            with known_at(store, at) as connection:
                assert agreements.standings(connection, home, at.date())[0].standing == standing


def test_a_rebuilt_warehouse_knows_what_was_decided_and_tells_nobody_again(home, request):
    (home.landing / "sarc_havens").mkdir()
    sweep.nightly(home, NIGHT)
    with sweep.open_warehouse(home) as store:
        agreements.excuse(store, home, "police_niche", "2026-05", at=LATE, **WHO)
    sweep.nightly(home, LATE)
    before = told(home)
    is_server = home.warehouse.startswith("postgresql")
    into = empty_database(request.getfixturevalue("postgresql_server")) if is_server else ""
    done = rebuild(home, LATE + timedelta(hours=1), into)
    assert (done.differences, done.passed_over) == ((), ())
    new = settings_of(home.home, into or home.warehouse)
    assert [list(stands(new, LATE).excused), told(new)] == [["2026-05"], before]
    assert [one.feed for one in sweep.nightly(new, LATE + timedelta(hours=2)).missing] == ["sarc_havens"]
    assert told(new) == before
    with open_store(new.warehouse_url) as store, store.reading() as connection:
        assert len(connection.execute(select(ESCALATIONS)).all()) == len(before) == 2
