"""Prefect's notification blocks as channels, on a real server: the same message, and a broken one fails nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from flows import agreements, notice_blocks, notices
from flows.settings import Settings, settings_of
from tests.flows.listening import Hook, listening
from warehouse.store import Store, open_store

NIGHT = datetime(2026, 5, 25, 2, 30)


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    with listening(Hook()) as server:
        yield server


@pytest.fixture(scope="module")
def _blocks(hook: Hook) -> Iterator[None]:
    """A web hook of ours under Prefect's name for it, and a block that notifies nobody."""
    from prefect.blocks.notifications import CustomWebhookNotificationBlock
    from prefect.blocks.system import Secret
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        said = {"title": "{{subject}}", "message": "{{body}}"}
        url = f"http://127.0.0.1:{hook.server_port}/told"
        CustomWebhookNotificationBlock(name="ours", url=url, json_data=said).save("board", _sync=True)
        Secret(value="xyzzy").save("board", _sync=True)
        yield


@pytest.fixture
def settings(tmp_path: Path, duckdb_url: str) -> Settings:
    """A partnership whose Havens have never sent anything."""
    blocks = ("custom-webhook/board", "secret/board", "slack-webhook/nobody-made-it")
    (tmp_path / "landing" / "sarc_havens").mkdir(parents=True)
    return settings_of(tmp_path, duckdb_url).model_copy(update={"notify_blocks": blocks})


@pytest.fixture
def overdue(settings: Settings) -> Iterator[Store]:
    with open_store(settings.warehouse_url) as store:
        agreements.escalate(store, settings, NIGHT)
        yield store


@pytest.mark.usefixtures("_blocks")
def test_a_block_is_told_the_same_and_what_is_no_block_is_said(settings, overdue, hook):
    notes = notices.tell(overdue, settings, NIGHT, notice_blocks.channels(settings))
    assert [one["title"].partition(": ")[2] for one in hook.took] == ["1 return has never come"]
    assert "quorate owed" in hook.took[0]["message"]
    assert [note.partition(" was not told of 1 events: ")[::2] for note in notes] == [
        ("secret/board", notes[0].partition("events: ")[2]),
        ("slack-webhook/nobody-made-it", notes[1].partition("events: ")[2]),
    ]
    assert "no notification block" in notes[0]
    assert "failed (ValueError)" in notes[1]
    assert all(note.endswith("`quorate notify` where PREFECT_API_URL is set.") for note in notes)
    assert notices.tell(overdue, settings, NIGHT, notice_blocks.channels(settings)) == notes
    assert len(hook.took) == 1
