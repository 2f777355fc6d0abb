"""Telling people: one message a channel and run, of counts and a link, to real servers; told once, and tried again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from flows import notices, sweep
from flows.notices import Channel, Message
from flows.rebuilding import rebuild
from flows.settings import Settings, settings_of
from tests.flows.listening import Hook, Post, listening
from tests.flows.lived import empty_database, training
from warehouse import audit, ledger
from warehouse.bands import Banded
from warehouse.store import Store, open_store
from warehouse.tables import NOTICES, OUTBOX, PUBLICATIONS

FIXTURES = Path(__file__).parents[1] / "fixtures"
NIGHT = datetime(2026, 5, 25, 2, 30)
DAY = timedelta(days=1)


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


def happened(store: Store, at: datetime = NIGHT, **counts: int) -> None:
    """So many events of each kind: ``overdue=2`` are two returns, the first at level 1, the next at level 2 …"""
    names = {"breached": "assurance", "recovered": "assurance"}
    with store.writing() as connection:
        for kind, number in counts.items():
            for place in range(1, number + 1):
                name = f"quorate.{names.get(kind, 'delivery')}.{kind}"
                payload = {"level": min(place, 3), "metric": f"metric_{place}", "feed": f"feed_{place}"}
                ledger.tell(connection, name, f"{kind} {place} {at}", at, payload)


def run(store: Store, settings: Settings, now: datetime = NIGHT) -> tuple[str, ...]:
    return notices.tell(store, settings, now, notices.channels(settings))


def body_of(post: Post) -> list[str]:
    (message,) = post.took
    part = message.get_body(("plain",))
    assert part is not None
    return [line for line in part.get_content().splitlines() if line]


def test_a_burst_of_events_is_one_message_of_counts_and_a_link_to_each_channel(store, settings, hook, post):
    settings = told_to(settings, hook, post).model_copy(
        update={"partnership": "Drawn Partnership", "report_url": "https://reports.example.org/board.html"}
    )
    happened(store, overdue=3, missing=1, held=1, breached=200, recovered=1)
    assert run(store, settings) == ()
    (said,) = hook.took
    assert said["title"] == (
        "Drawn Partnership: 3 returns are overdue; 1 return has never come; 1 delivery is held until a person decides; "
        "200 figures fall short; 1 figure meets its standard again"
    )
    expected = [
        "3 returns are overdue.",
        "1 return has never come.",
        "1 delivery is held until a person decides.",
        "200 figures fall short.",
        "1 figure meets its standard again.",
        "Of the returns: 2 for the level reminder, 1 for the level chair's office, 1 for the level board.",
        "The report: https://reports.example.org/board.html",
        "Who owes what: `quorate owed`",
    ]
    assert said["message"].splitlines() == expected
    assert body_of(post) == expected
    assert post.took[0]["subject"] == said["title"]
    assert post.took[0]["to"] == "board@example.org"


def test_a_message_names_neither_metric_nor_feed_nor_agency(store, settings, hook):
    happened(store, overdue=2, breached=2, held=2)
    run(store, told_to(settings, hook))
    words = json.dumps(hook.took)
    assert not any(word in words for word in ("metric_", "feed_"))


def test_what_was_told_is_not_told_again_and_what_is_new_is(store, settings, hook):
    settings = told_to(settings, hook)
    happened(store, held=1)
    run(store, settings)
    run(store, settings, NIGHT + DAY)
    assert len(hook.took) == 1
    happened(store, NIGHT + DAY, breached=1)
    run(store, settings, NIGHT + DAY)
    assert [one["title"].partition(": ")[2] for one in hook.took] == [
        "1 delivery is held until a person decides",
        "1 figure falls short",
    ]


def test_a_channel_that_is_down_is_told_when_it_is_up_again_and_the_other_only_once(store, settings, hook, post):
    settings = told_to(settings, hook, post)
    happened(store, overdue=1)
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
        settings = told_to(settings, gone)
    happened(store, overdue=1)
    (note,) = run(store, settings)
    assert "does not answer" in note
    out, err = capfd.readouterr()
    assert "xyzzy" not in note + caplog.text + out + err


@pytest.mark.parametrize("address", ["nonsense", "nosuch://xyzzy-secret@host", "mailto://"])
def test_an_address_that_cannot_be_is_said_without_showing_it(store, settings, capfd, address):
    settings = settings.model_copy(update={"notify": {"board": SecretStr(address)}})
    happened(store, overdue=1)
    (note,) = run(store, settings)
    assert note.startswith("board was not told of 1 events: its address is not one")
    assert "xyzzy" not in note + str(settings) + "".join(capfd.readouterr())


def test_what_is_older_than_a_week_is_not_news(store, settings, hook):
    happened(store, NIGHT - 8 * DAY, overdue=1)
    run(store, told_to(settings, hook))
    assert hook.took == []


def test_other_events_are_told_to_nobody(store, settings, hook):
    happened(store, loaded=3, released=1)
    run(store, told_to(settings, hook))
    assert hook.took == []


def test_a_message_that_was_taken_just_before_the_power_went_is_told_again_rather_than_never(store, settings):
    """At least once: the marker is written after the message was taken."""
    happened(store, held=1)
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
    assert [one["title"].partition(": ")[2] for one in hook.took] == ["1 return has never come"]
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
    assert [one["title"].partition(": ")[2] for one in hook.took] == [
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
    assert [one["title"].partition(": ")[2] for one in hook.took] == ["1 publication is held until a person decides"]
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
