"""Telling people: one message a channel and run, of counts and a link, to real servers; told once, and tried again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select, update

from flows import agreements, notices, sweep
from flows.agreed import Agreed
from flows.notices import Channel, Message
from flows.rebuilding import rebuild
from flows.settings import Settings, settings_of
from tests.flows.listening import Hook, Post, listening
from tests.flows.lived import empty_database, training
from warehouse import audit, breaches, ledger, publications
from warehouse.bands import Banded
from warehouse.breaches import Says, Shown
from warehouse.store import Store, open_store
from warehouse.tables import DELIVERIES, NOTICES, OUTBOX, PUBLICATIONS

FIXTURES = Path(__file__).parents[1] / "fixtures"
NIGHT = datetime(2026, 5, 25, 2, 30)
DAY = timedelta(days=1)
NUMBERS = count(1)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with listening(Hook()) as server:
        yield server


@pytest.fixture
def post() -> Iterator[Post]:
    with listening(Post()) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, url: str) -> Settings:
    return settings_of(tmp_path, url)


def told_to(settings: Settings, *servers: Hook | Post) -> Settings:
    """The settings with these channels."""
    named = {type(one).__name__.lower(): SecretStr(one.address) for one in servers}
    return settings.model_copy(update={"notify": named})


def lines_of(feed: str, state: str, month: date, number: int = 1) -> list[dict[str, Any]]:
    """Deliveries of a feed for a month, in a state."""
    rows = dict.fromkeys(("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored", "bytes"), 0)
    said = {"feed": feed, "agency_code": "x", "file_name": "x", "sha256": "0", "attempt": 1, "revision": 1}
    period = {"period_from": month, "period_to": month.replace(day=28), "received_at": NIGHT, "finished_at": NIGHT}
    return [
        {"delivery_id": str(uuid4()), "sequence": next(NUMBERS), "state": state} | rows | said | period
        for _ in range(number)
    ]


def came(store: Store, feed: str, month: date) -> None:
    with store.writing() as connection:
        connection.execute(insert(DELIVERIES), lines_of(feed, "published", month))


def held(store: Store, number: int = 1, at: datetime = NIGHT) -> list[str]:
    """So many deliveries are held from then on."""
    lines = lines_of("csc_mosaic", "held", date(2026, 5, 1), number)
    with store.writing() as connection:
        connection.execute(insert(DELIVERIES), lines)
        for one in lines:
            ledger.tell(connection, notices.HELD, one["delivery_id"], at, {"feed": "csc_mosaic"})
    return [one["delivery_id"] for one in lines]


def shown(store: Store, says: Says, *numbers: int, at: datetime = NIGHT) -> None:
    """A publication shows these figures to fall short, or to do so no more."""
    figures = [Shown(f"metric_{number}", "recorded", "", "target", says) for number in numbers]
    with store.writing() as connection:
        breaches.record(connection, figures, f"published {at}", at)


OWES = {
    "police_niche": Agreed(),  # April, since 23 May
    "csc_mosaic": Agreed(due_working_day=0, grace_working_days=0),  # April, since 1 May
    "csc_learning": Agreed(due_working_day=0, grace_working_days=0),  # the first quarter, since 1 April
    "sarc_havens": Agreed(begins_on=date(2026, 4, 1)),
}
"""Who owes what on the night."""
CAME = {"police_niche": date(2026, 3, 1), "csc_mosaic": date(2026, 3, 1), "csc_learning": date(2025, 12, 1)}


def owing(store: Store, settings: Settings, *feeds: str, at: datetime = NIGHT) -> Settings:
    """These feeds owe what `OWES` says, and their levels are reached."""
    owed = settings.model_copy(update={"agreements": {feed: OWES[feed] for feed in feeds}})
    for feed in feeds:
        if feed in CAME:
            came(store, feed, CAME[feed])
    agreements.escalate(store, owed, at)
    return owed


def run(store: Store, settings: Settings, now: datetime = NIGHT) -> tuple[str, ...]:
    return notices.tell(store, settings, now, notices.channels(settings))


def body_of(post: Post) -> list[str]:
    (message,) = post.took
    part = message.get_body(("plain",))
    assert part is not None
    return [line for line in part.get_content().splitlines() if line]


def titles(hook: Hook) -> list[str]:
    """What was told, without the partnership's name."""
    return [one["title"].partition(": ")[2] for one in hook.took]


def test_a_burst_of_events_is_one_message_of_counts_and_a_link_to_each_channel(store, settings, hook, post):
    settings = told_to(settings, hook, post).model_copy(
        update={"partnership": "Drawn Partnership", "report_url": "https://reports.example.org/board.html"}
    )
    settings = owing(store, settings, *OWES)
    held(store)
    shown(store, "short", *range(500, 503), at=NIGHT - 30 * DAY)
    shown(store, "short", *range(200))
    shown(store, "met", 500)
    shown(store, "hidden", 501, 502)
    assert run(store, settings) == ()
    (said,) = hook.took
    assert said["title"] == (
        "Drawn Partnership: 3 returns are overdue; 1 return has never come; 1 delivery is held until a person decides; "
        "200 figures fall short; 1 figure meets its standard again; 2 figures are no longer shown to fall short"
    )
    expected = [
        "3 returns are overdue.",
        "1 return has never come.",
        "1 delivery is held until a person decides.",
        "200 figures fall short.",
        "1 figure meets its standard again.",
        "2 figures are no longer shown to fall short.",
        "Of the returns: 2 for the level reminder, 1 for the level chair's office, 1 for the level board.",
        "The report: https://reports.example.org/board.html",
        "Who owes what: `quorate owed`",
    ]
    assert said["message"].splitlines() == expected
    assert body_of(post) == expected
    assert post.took[0]["subject"] == said["title"]
    assert post.took[0]["to"] == "board@example.org"


def test_a_message_names_neither_metric_nor_feed_nor_agency(store, settings, hook):
    settings = owing(store, settings, *OWES)
    held(store, 2)
    shown(store, "short", 1, 2)
    run(store, told_to(settings, hook))
    words = json.dumps(hook.took)
    assert hook.took
    assert not any(word in words for word in ("metric_", *OWES, "police", "csc"))


def test_what_was_told_is_not_told_again_and_what_is_new_is(store, settings, hook):
    settings = told_to(settings, hook)
    held(store)
    run(store, settings)
    run(store, settings, NIGHT + DAY)
    assert len(hook.took) == 1
    shown(store, "short", 1, at=NIGHT + DAY)
    run(store, settings, NIGHT + DAY)
    assert titles(hook) == ["1 delivery is held until a person decides", "1 figure falls short"]


WHO: dict[str, Any] = {"by": "A. Manager", "why": "agreed on the telephone", "at": NIGHT}


def comes(store: Store, _: Settings) -> None:
    came(store, "police_niche", date(2026, 4, 1))


def snoozed(store: Store, settings: Settings) -> None:
    agreements.snooze(store, settings, "police_niche", date(2026, 12, 31), **WHO)


def excused(store: Store, settings: Settings) -> None:
    agreements.excuse(store, settings, "police_niche", "2026-04", **WHO)


def is_held(store: Store, _: Settings) -> None:
    with store.writing() as connection:
        connection.execute(insert(DELIVERIES), lines_of("police_niche", "held", date(2026, 4, 1)))


@pytest.mark.parametrize("since", [comes, snoozed, excused, is_held])
def test_a_return_that_is_not_chased_any_more_is_told_nobody_and_counts_as_told(store, settings, hook, since):
    settings = owing(store, told_to(settings, hook), "police_niche")
    since(store, settings)
    assert run(store, settings) == ()
    assert hook.took == []
    with store.reading() as connection:
        assert connection.scalars(select(NOTICES.c.channel)).all() == ["hook"]


def test_a_delivery_that_was_decided_about_is_told_nobody(store, settings, hook):
    first, _second = held(store, 2)
    with store.writing() as connection:
        connection.execute(update(DELIVERIES).where(DELIVERIES.c.delivery_id == first).values(state="withdrawn"))
    run(store, told_to(settings, hook))
    assert titles(hook) == ["1 delivery is held until a person decides"]


def test_a_publication_that_another_took_the_place_of_is_told_nobody(store, settings, hook):
    with store.writing() as connection:
        for number in (1, 2):
            proposed = publications.Proposed(f"P{number}", date(2026, 4, 30), str(number), (), {}, is_published=False)
            publications.hold(connection, proposed, NIGHT + number * timedelta(minutes=1), "a figure is unlikely")
    run(store, told_to(settings, hook))
    assert titles(hook) == ["1 publication is held until a person decides"]


@pytest.mark.parametrize(
    ("publications", "says"),
    [
        (" short met", []),  # it was never told, and is over
        (" short hidden", []),
        (" short met short", ["1 figure falls short"]),
        ("short met", ["1 figure meets its standard again"]),
        ("short met short", []),  # whoever was told that it falls short knows all there is
        ("short met short hidden", ["1 figure is no longer shown to fall short"]),
    ],
)
def test_of_a_figure_that_comes_and_goes_what_is_true_now_is_told(store, settings, hook, publications, says):
    """Each publication shows it so; people were told after the first, if that has a word."""
    settings = told_to(settings, hook)
    first, *others = publications.split(" ")
    if first:
        shown(store, first, 1, at=NIGHT - DAY)
    run(store, settings)
    hook.took.clear()
    for number, one in enumerate(others):
        shown(store, one, 1, at=NIGHT + timedelta(minutes=number))
    run(store, settings, NIGHT + DAY)
    assert titles(hook) == says


def test_a_level_that_another_has_overtaken_is_one_return_at_the_later_level(store, settings, hook):
    settings = owing(store, told_to(settings, hook), "police_niche")
    agreements.escalate(store, settings, NIGHT + 15 * DAY)
    run(store, settings.model_copy(update={"notify_days": 30}), NIGHT + 15 * DAY)
    assert titles(hook) == ["1 return is overdue"]
    assert "1 for the level chair's office." in hook.took[0]["message"]


def test_a_channel_that_is_down_is_told_when_it_is_up_again_and_the_other_only_once(store, settings, hook, post):
    settings = owing(store, told_to(settings, hook, post), "police_niche")
    hook.is_down = True
    (note,) = run(store, settings)
    assert note.startswith("hook was not told of 1 events")
    assert "xyzzy" not in note
    assert (hook.took, len(post.took)) == ([], 1)
    hook.is_down = False
    assert run(store, settings, NIGHT + DAY) == ()
    assert (len(hook.took), len(post.took)) == (1, 1)


def test_a_server_that_is_not_there_fails_nothing_and_shows_no_secret(store, settings, caplog, capfd):
    with listening(Hook()) as gone:
        settings = owing(store, told_to(settings, gone), "police_niche")
    (note,) = run(store, settings)
    assert "does not answer" in note
    out, err = capfd.readouterr()
    assert "xyzzy" not in note + caplog.text + out + err


@pytest.mark.parametrize("address", ["nonsense", "nosuch://xyzzy-secret@host", "mailto://"])
def test_an_address_that_cannot_be_is_said_without_showing_it(store, settings, capfd, address):
    settings = settings.model_copy(update={"notify": {"board": SecretStr(address)}})
    held(store)
    (note,) = run(store, settings)
    assert note.startswith("board was not told of 1 events: its address is not one")
    assert "xyzzy" not in note + str(settings) + "".join(capfd.readouterr())


def test_what_is_older_than_a_week_is_not_news(store, settings, hook):
    held(store, at=NIGHT - 8 * DAY)
    run(store, told_to(settings, hook))
    assert hook.took == []


def test_other_events_are_told_to_nobody(store, settings, hook):
    with store.writing() as connection:
        for name in ("loaded", "released", "withdrawn"):
            ledger.tell(connection, f"quorate.delivery.{name}", "a delivery", NIGHT, {"feed": "csc_mosaic"})
    run(store, told_to(settings, hook))
    assert hook.took == []


def test_a_message_that_was_taken_just_before_the_power_went_is_told_again_rather_than_never(store, settings):
    """At least once: the marker is written after the message was taken."""
    held(store)
    took: list[Message] = []

    def taken_and_killed(message: Message) -> None:
        took.append(message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        notices.tell(store, settings, NIGHT, [Channel("board", taken_and_killed)])
    notices.tell(store, settings, NIGHT, [Channel("board", took.append)])
    notices.tell(store, settings, NIGHT, [Channel("board", took.append)])
    assert len(took) == 2


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("json://one json://two mailto://three", {"json": "json://one", "json-2": "json://two", "mailto": "mailto://three"}),
        ('{"board": "json://one"}', {"board": "json://one"}),
        ("", {}),
    ],
)  # fmt: skip
def test_channels_come_from_the_environment_by_name_or_one_after_another(tmp_path, monkeypatch, said, named):
    monkeypatch.setenv("QUORATE_NOTIFY", said)
    found = settings_of(tmp_path).notify
    assert {name: address.get_secret_value() for name, address in found.items()} == named
    assert "json://one" not in repr(settings_of(tmp_path))


def test_the_night_tells_once_and_says_whom_it_could_not_reach(tmp_path, duckdb_url, hook):
    shutil.copytree(FIXTURES / "police_niche", tmp_path / "landing" / "police_niche")
    (tmp_path / "landing" / "sarc_havens").mkdir()
    settings = told_to(settings_of(tmp_path, duckdb_url), hook)
    hook.is_down = True
    first = sweep.nightly(settings, NIGHT)
    assert [note.partition(":")[0] for note in first.notes] == ["hook was not told of 1 events"]
    hook.is_down = False
    assert sweep.nightly(settings, NIGHT + timedelta(hours=1)).notes == ()
    file = tmp_path / "warehouse.duckdb"
    before = file.read_bytes()
    assert sweep.nightly(settings, NIGHT + timedelta(hours=2)).notes == ()
    assert titles(hook) == ["1 return has never come"]
    assert file.read_bytes() == before  # and a quiet night writes nothing


def test_a_figure_that_falls_short_is_told_with_its_publication_and_its_recovery_with_the_next(tmp_path, url, hook):
    """Staff are many, so nothing of it is hidden: 75% of them were trained in March, 97% in June."""

    def told() -> list[tuple[str, str, str]]:
        with open_store(url) as store, store.reading() as connection:
            of = OUTBOX.c
            lines = connection.execute(select(of.name, of.subject, of.payload).where(of.name.like("%assurance%"))).all()
            published = connection.scalars(select(PUBLICATIONS.c.publication_id)).all()
        assert {subject for _, subject, _ in lines} <= set(published)
        said = [(name.rpartition(".")[2], json.loads(payload)) for name, _, payload in lines]
        return sorted((what, one["metric"], one["agency_code"]) for what, one in said)

    folder = tmp_path / "landing" / "csc_learning"
    folder.mkdir(parents=True)
    settings = told_to(settings_of(tmp_path, url), hook)
    (folder / "learning_2026-03.csv").write_text(training(("Teachers", "2026-03-31", 400, 300)))
    assert sweep.nightly(settings, NIGHT).held_back == ""
    breached = [("breached", "csa_training", ""), ("breached", "csa_training", "csc")]
    assert told() == breached
    sweep.nightly(settings, NIGHT + DAY)
    assert told() == breached
    (folder / "learning_2026-06.csv").write_text(training(("Teachers", "2026-06-30", 400, 388)))
    assert sweep.nightly(settings, datetime(2026, 7, 20, 2, 30)).held_back == ""
    assert told() == [*breached, ("recovered", "csa_training", ""), ("recovered", "csa_training", "csc")]
    assert titles(hook) == [
        "2 figures fall short",
        "2 figures meet their standard again",
    ]


def test_a_publication_that_is_held_is_told_of_once_for_as_long_as_it_waits(settings, hook, monkeypatch):
    shutil.copytree(FIXTURES / "csc_mosaic", settings.landing / "csc_mosaic")
    settings = told_to(settings, hook)
    strange = Banded("newest", "a figure", 10.0, 80.0, 100.0, "a figure: 10.0%, 90.0% before.")
    monkeypatch.setattr(audit, "newest", lambda *_: [strange])
    assert sweep.nightly(settings, NIGHT).held_back
    assert sweep.nightly(settings, NIGHT + DAY).held_back
    assert titles(hook) == ["1 publication is held until a person decides"]
    assert "a figure" not in json.dumps(hook.took)


@pytest.mark.parametrize("is_known", [True, False])
def test_after_a_rebuild_nobody_is_told_again(tmp_path, url, request, hook, is_known):
    shutil.copytree(FIXTURES / "csc_mosaic", tmp_path / "landing" / "csc_mosaic")
    toml = "error_percent = 1\nleast_rows = 1\n"
    (tmp_path / "quorate.toml").write_text(toml, encoding="utf-8")
    settings = told_to(settings_of(tmp_path, url), hook)
    assert [one.state for one in sweep.nightly(settings, NIGHT).outcomes] == ["held"]
    assert len(hook.took) == 1
    into = empty_database(request.getfixturevalue("postgresql_server")) if "postgresql" in url else ""
    if not is_known and not into:
        (tmp_path / "warehouse.duckdb").unlink()
    rebuild(settings, NIGHT + timedelta(hours=1), into)
    settings = told_to(settings_of(tmp_path, into or url), hook)
    with open_store(settings.warehouse_url) as store:
        with store.reading() as connection:
            assert "quorate.delivery.held" in connection.scalars(select(OUTBOX.c.name)).all()
            assert connection.scalars(select(NOTICES.c.event_id)).all()
        assert run(store, settings, NIGHT + DAY) == ()
    assert len(hook.took) == 1
