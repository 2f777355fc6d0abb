"""What falls short is told when it begins and when it is over: once, and never for what says nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from warehouse import breaches
from warehouse.breaches import Shown
from warehouse.store import Store
from warehouse.tables import BREACHES, OUTBOX

NIGHT = datetime(2026, 11, 2, 2, 30)
SHORT = Shown("health_present", "recorded", "", "target", "short")
WELL = replace(SHORT, says="met")
HIDDEN = replace(SHORT, says="hidden")
OF_THE_GP = replace(SHORT, agency_code="health_gp")
SIGNAL = replace(SHORT, because="signal")


def told(store: Store) -> list[tuple[str, str, str, str]]:
    """Publication, what happened, whose figure, and because of what."""
    with store.reading() as connection:
        lines = connection.execute(select(OUTBOX).order_by(OUTBOX.c.occurred_at, OUTBOX.c.payload)).mappings().all()
    said = [json.loads(line["payload"]) for line in lines]
    return [
        (line["subject"], line["name"].rpartition(".")[2], one["agency_code"], one["because"])
        for line, one in zip(lines, said, strict=True)
    ]


def publish(store: Store, *publications: list[Shown]) -> None:
    """One publication after another, named P1, P2, …"""
    for number, shown in enumerate(publications, start=1):
        with store.writing() as connection:
            breaches.record(connection, shown, f"P{number}", NIGHT + timedelta(days=number))


def test_a_figure_that_falls_short_is_told_once_and_its_recovery_once(store: Store):
    publish(store, [SHORT], [SHORT], [WELL], [WELL], [SHORT])
    assert told(store) == [
        ("P1", "breached", "", "target"),
        ("P3", "recovered", "", "target"),
        ("P5", "breached", "", "target"),
    ]


def test_what_was_never_short_does_not_recover(store: Store):
    publish(store, [WELL], [WELL])
    assert told(store) == []


def test_a_figure_that_says_nothing_for_a_time_has_neither_recovered_nor_fallen_short_again(store: Store):
    """Not assured, or of few cases: what was told last stands."""
    publish(store, [SHORT], [], [SHORT], [], [WELL])
    assert [(publication, what) for publication, what, *_ in told(store)] == [("P1", "breached"), ("P5", "recovered")]


def test_a_figure_that_fell_short_and_is_hidden_now_is_over_and_what_falls_short_then_is_told_anew(store: Store):
    """All of all is hidden: else a breach would stand for ever, and nobody would hear of the next."""
    publish(store, [SHORT], [HIDDEN], [HIDDEN], [SHORT], [WELL])
    assert [(publication, what) for publication, what, *_ in told(store)] == [
        ("P1", "breached"), ("P2", "recovered"), ("P4", "breached"), ("P5", "recovered"),
    ]  # fmt: skip
    with store.reading() as connection:
        lines = connection.execute(select(OUTBOX.c.event_id, OUTBOX.c.payload).order_by(OUTBOX.c.occurred_at)).all()
    assert len({event_id for event_id, _ in lines}) == 4
    assert [json.loads(payload).get("shown") for _, payload in lines] == [None, "hidden", None, "met"]


def test_what_is_hidden_and_never_fell_short_is_told_nobody(store: Store):
    publish(store, [HIDDEN], [WELL])
    assert told(store) == []


def test_partnership_agencies_targets_and_signals_are_told_each_for_itself(store: Store):
    publish(store, [SHORT, OF_THE_GP, SIGNAL], [WELL, OF_THE_GP, SIGNAL])
    assert told(store) == [
        ("P1", "breached", "", "signal"),
        ("P1", "breached", "", "target"),
        ("P1", "breached", "health_gp", "target"),
        ("P2", "recovered", "", "target"),
    ]


def test_an_event_names_a_figure_and_has_no_number_of_it(store: Store):
    publish(store, [OF_THE_GP])
    with store.reading() as connection:
        (payload,) = connection.scalars(select(OUTBOX.c.payload))
    assert json.loads(payload) == {
        "version": 1, "metric": "health_present", "view": "recorded", "agency_code": "health_gp", "because": "target",
    }  # fmt: skip


def test_the_record_says_from_which_publication_to_which(store: Store):
    publish(store, [SHORT, SIGNAL], [WELL, SIGNAL])
    with store.reading() as connection:
        of = BREACHES.c
        asked = select(of.because, of.breached_in, of.recovered_in, of.recovered_at).order_by(of.because)
        assert connection.execute(asked).tuples().all() == [
            ("signal", "P1", None, None),
            ("target", "P1", "P2", NIGHT + timedelta(days=2)),
        ]
