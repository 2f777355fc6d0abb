"""The flows on a real Prefect server: bursts, restarts, killed workers, lost events, and the night."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import shutil
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Timer
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psutil
import pytest
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from connectors.reading import Unreadable
from flows import drop_receipts, sweep
from flows.backfills import backfill
from flows.delivery import Place
from flows.deploying import NotDeployed, deploy
from flows.drop_receipts import DropReceipt
from flows.judging import examine
from flows.operations import ingest, refresh_metrics, sweep_up
from flows.settings import settings_of
from flows.starting import arrivals, start_ingest, tell_of_landed
from flows.watching import watch as bursts
from tests.flows.conftest import Prefect, wait_for
from tests.flows.landings import drop, owe
from tests.flows.listening import Busy, Hook, listening
from warehouse import audit, ledger
from warehouse.bands import Banded
from warehouse.store import Locked, open_store
from warehouse.tables import FACTS, MEASURES

CODE = Path(__file__).parents[2]
OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
pytestmark = pytest.mark.filterwarnings(  # Prefect's threads leave sockets to the garbage collector
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_for_others() -> Iterator[None]:
    """What the flows of this file left is collected while that is no error."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A partnership of its own, to which nothing has been delivered yet."""
    owe(tmp_path)
    return tmp_path


@contextmanager
def working(prefect: Prefect, home: Path, **settings: str) -> Iterator[Any]:
    """A worker for as long as the block lasts; it does what it is asked for, and nothing by the clock."""
    with prefect.by_hand():
        worker = prefect.worker(home, **settings)
        try:
            yield worker
        finally:
            worker.stop()


def states(home: Path) -> Counter[str]:
    """The ledger's deliveries by state; empty while somebody else has the file."""
    if not (home / "warehouse.duckdb").exists():
        return Counter()
    try:
        with open_store(settings_of(home).warehouse_url, read_only=True) as store, store.reading() as connection:
            return Counter(line["state"] for line in ledger.in_order(connection))
    except Locked:
        return Counter()


def arrived(home: Path) -> int:
    """Files that the archive has a receipt of: it can be looked at while a run has the warehouse."""
    return len(list((home / "archive" / "receipts").glob("*.json")))


def run(flow: Callable[..., Any], home: Path, **parameters: str) -> State[Any]:
    """A flow in this process, told to the server like any other."""
    state: State[Any] = asyncio.run(flow(str(home), **parameters, return_state=True))
    return state


def test_deploying_twice_leaves_one_of_everything_and_every_deployment_of_the_file(prefect):
    told = asyncio.run(deploy(prefect.environment))
    assert told.deployments == (
        "backfill", "ingest", "nightly", "overdue", "publish", "refresh_metrics", "replay", "sweep",
    )  # fmt: skip
    assert told.automations == (
        "quorate-failed-action", "quorate-landed-ingest", "quorate-loaded-refresh", "quorate-refreshed-publish",
        "quorate-zombies",
    )  # fmt: skip
    with prefect.client() as client:
        template = client.get("/work_pools/quorate").json()["base_job_template"]
    assert template["variables"]["properties"]["command"]["default"] == f"{sys.executable} -m prefect.engine"


def test_what_somebody_else_set_for_the_work_pool_stays_as_it_is(prefect):
    with prefect.client() as client:
        before = client.get("/work_pools/quorate").json()["base_job_template"]
        properties = before["variables"]["properties"] | {"stream_output": {"type": "boolean", "default": False}}
        theirs = before | {"variables": before["variables"] | {"properties": properties}}
        try:
            prefect.patch("/work_pools/quorate", base_job_template=theirs)
            asyncio.run(deploy(prefect.environment))
            assert client.get("/work_pools/quorate").json()["base_job_template"] == theirs
        finally:
            prefect.patch("/work_pools/quorate", base_job_template=before)


def test_a_field_that_prefect_does_not_know_is_said_although_prefect_ends_with_0(prefect, tmp_path, monkeypatch):
    shutil.copytree(CODE / "flows", tmp_path / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    said = (CODE / "prefect.yaml").read_text()
    (tmp_path / "prefect.yaml").write_text(said.replace("slug: nightly", "slug: nightly\n        holidays: none"))
    monkeypatch.setattr("flows.deploying.CODE", tmp_path)
    with pytest.raises(NotDeployed, match="did not accept"):
        asyncio.run(deploy(prefect.environment))


def test_the_server_schedules_the_nightly_at_half_past_two_in_london(prefect):
    """Prefect 3.8.8 with SQLAlchemy 2.1 schedules nothing and says so only in its own log: docs/decisions/0003."""
    runs = wait_for(lambda: prefect.runs("nightly", types=["SCHEDULED"]), "a scheduled run")
    starts = [datetime.fromisoformat(run["expected_start_time"]).astimezone(ZoneInfo("Europe/London")) for run in runs]
    assert {(start.hour, start.minute) for start in starts} == {(2, 30)}
    assert len({start.date() for start in starts}) == len(starts)


def test_nobody_without_the_password_is_answered(prefect):
    import httpx

    assert httpx.get(f"{prefect.environment['PREFECT_API_URL']}/deployments/name/nightly/nightly").status_code == 401


def test_the_nightly_leaves_the_same_warehouse_as_the_command_line(prefect, tmp_path):
    home, other = tmp_path / "by_flow", tmp_path / "plain"
    for feed in ("csc_mosaic", "police_niche", "health_gp_emis", "lscp_audit"):
        shutil.copytree(CODE / "tests" / "fixtures" / feed, home / "landing" / feed)
    (home / "landing" / "police_niche" / "broken_2026-05.zip").write_bytes(b"not a zip")
    with working(prefect, home):
        state = prefect.ended(prefect.start("nightly/nightly", home=str(home)))
    assert state["type"] == "COMPLETED", state["message"]
    assert state["message"].startswith("4 files loaded, 1 refused")

    other.mkdir()
    (other / "landing").symlink_to(home / "landing")
    sweep.nightly(settings_of(other), datetime.now())
    assert contents(home) == contents(other)


def contents(home: Path) -> dict[str, list[tuple[str, ...]]]:
    """Every fact by its hash and provenance, and every figure."""
    with open_store(settings_of(home).warehouse_url) as store, store.reading() as connection:
        facts = {
            name: sorted(
                tuple(map(str, row))
                for row in connection.execute(
                    select(t.c.row_key, t.c.row_hash, t.c.delivery_id, t.c.source_member, t.c.source_row)
                )
            )
            for name, t in FACTS.items()
        }
        figures = sorted(tuple(map(str, row)) for row in connection.execute(select(MEASURES)))
    assert figures
    return facts | {"measures": figures}


def watch(home: Path, seconds: float) -> None:
    """Look at the landing zone as `quorate serve` does."""
    over = Event()
    Timer(seconds, over.set).start()
    for burst in bursts(settings_of(home), over):
        came = arrivals(burst.ready)
        tell_of_landed(came, is_seen_to=start_ingest(came).is_seen_to)


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.long)])
def test_files_dropped_in_a_burst_are_all_loaded_once_by_one_run(prefect, home, count):
    before = {one["id"] for one in prefect.runs("ingest")}
    drop(home, count)
    watch(home, 4)
    with working(prefect, home):
        wait_for(
            lambda: [one for one in prefect.runs("ingest", types=list(OVER)) if one["id"] not in before], "the run"
        )
    (burst,) = [one for one in prefect.runs("ingest") if one["id"] not in before]
    assert burst["state"]["message"].startswith(f"{count} files loaded")
    assert states(home) == {"published": count}
    assert "agency:police" in burst["tags"]
    assert (home / "reports" / "board.html").exists()


def test_asked_for_the_same_landing_twice_there_is_one_run(prefect, home):
    before = len(prefect.runs("ingest"))
    drop(home, 4)
    files = sweep.landed(settings_of(home))[0]
    for _ in range(3):
        assert start_ingest(arrivals(files)).is_seen_to
    runs = prefect.runs("ingest")
    assert len(runs) == before + 1
    prefect.ask(f"/flow_runs/{runs[-1]['id']}/set_state", state={"type": "CANCELLED"}, force=True)


@pytest.mark.parametrize(("busy", "runs"), [(2, 1), (99, 0)])
def test_a_server_that_is_busy_is_asked_again_and_not_for_ever(prefect, home, busy, runs):
    before = {one["id"] for one in prefect.runs("ingest")}
    drop(home, 4)
    files = sweep.landed(settings_of(home))[0]
    with (
        listening(Busy(prefect.environment["PREFECT_API_URL"], busy)) as server,
        temporary_settings({PREFECT_API_URL: server.address}),
    ):
        asked = start_ingest(arrivals(files))
    started = [one["id"] for one in prefect.runs("ingest") if one["id"] not in before]
    assert (asked.is_seen_to, len(started)) == (bool(runs), runs)
    assert bool(asked.says) != asked.is_seen_to
    for one in started:
        prefect.ask(f"/flow_runs/{one}/set_state", state={"type": "CANCELLED"}, force=True)


def test_a_run_for_later_or_one_that_was_lost_is_not_counted_on(prefect, home):
    with prefect.client() as client:
        deployment = client.get("/deployments/name/ingest/ingest").json()["id"]
    later, lost = datetime.now(UTC) + timedelta(hours=3), datetime.now(UTC) - timedelta(minutes=5)
    ids = [
        prefect.ask(
            f"/deployments/{deployment}/create_flow_run",
            state={"type": kind, "state_details": {"scheduled_time": when.isoformat()}},
        )["id"]
        for kind, when in (("SCHEDULED", later), ("SCHEDULED", lost))
    ]
    drop(home, 1)
    before = {one["id"] for one in prefect.runs("ingest")}
    assert start_ingest(arrivals(sweep.landed(settings_of(home))[0])).is_seen_to
    (started,) = [one["id"] for one in prefect.runs("ingest") if one["id"] not in before]
    for one in [*ids, started]:
        prefect.ask(f"/flow_runs/{one}/set_state", state={"type": "CANCELLED"}, force=True)


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=pytest.mark.long)])
def test_with_every_event_lost_the_next_sweep_catches_all_of_them(prefect, home, count, monkeypatch):
    drop(home, count)
    monkeypatch.setattr("flows.relay.post", lambda _events: "")  # taken, and lost
    state = run(sweep_up, home)
    assert state.is_completed(), state.message
    assert states(home) == {"published": count}
    assert run(sweep_up, home).message == "All is dealt with."


def test_a_delivery_taken_back_by_hand_is_in_the_figures_after_the_next_sweep(prefect, home):
    drop(home, 4)
    run(ingest, home)
    settings = settings_of(home)
    from flows import decisions

    with sweep.open_warehouse(settings) as store, sweep.place_of(store, settings) as place:
        with store.reading() as connection:
            line = ledger.in_order(connection)[0]
        decisions.withdraw(place, line["delivery_id"], by="A. Manager", why="the wrong file", at=datetime.now())
    state = run(sweep_up, home)
    assert "figures worked out. The report is written." in state.message


def test_without_a_change_figures_are_not_worked_out_again(prefect, home):
    drop(home, 4)
    run(ingest, home)
    assert run(refresh_metrics, home).message == "Nothing has changed since the last publication."


def test_a_failure_is_kept_as_a_sentence_without_anything_of_the_data(prefect, home, monkeypatch):
    drop(home, 4)

    def failing(*_args: object) -> None:
        raise RuntimeError("Group 0 is Aisha Khan")

    monkeypatch.setattr("flows.sweep.deliver", failing)
    state = run(ingest, home)
    assert state.is_failed()
    assert "4 feeds could not be dealt with" in state.message
    assert "Khan" not in str(prefect.ask("/task_runs/filter")) + str(prefect.ask("/logs/filter"))


def test_senders_hear_by_day_what_became_of_their_files_in_receipt_and_feedback(prefect, home):
    drop(home, 3)
    (path,) = (home / "landing" / "police_learning").iterdir()
    path.write_bytes(b"\x00 no table")
    taken = {path.parent.name: path.read_bytes() for path in (home / "landing").glob("*/*.csv")}
    for number, (feed, content) in enumerate(taken.items()):
        receipt = DropReceipt(
            str(UUID(int=number)),
            feed,
            "",
            f"{feed}.csv",
            sha256(content).hexdigest(),
            len(content),
            "2026-10-05T02:30",
        )
        drop_receipts.keep(home / drop_receipts.FOLDER, receipt)
    run(ingest, home)
    verdicts = [drop_receipts.find(home / drop_receipts.FOLDER, str(UUID(int=number))).verdict for number in range(3)]
    assert {feed: verdict["state"] for feed, verdict in zip(taken, verdicts, strict=True)} == {
        "csc_learning": "published", "police_learning": "refused", "la_early_help_learning": "published",
    }  # fmt: skip
    assert [one.parent.name for one in (home / "feedback").glob("*/*.csv")] == ["police"]


def test_a_delivery_that_breaks_every_run_keeps_none_of_the_others_waiting(prefect, home, monkeypatch):
    examined = Place.examine

    def breaking(place, archived, feed):
        if feed.name == "police_learning":
            raise RuntimeError("Group 0 is Aisha Khan")
        return examined(place, archived, feed)

    with monkeypatch.context() as patch:
        patch.setattr(Place, "examine", breaking)
        for count in (4, 8):
            drop(home, count)
            state = run(ingest, home)
            assert state.message.startswith("1 feeds could not be dealt with: police_learning."), state.message
            assert (state.is_failed(), "Khan" in state.message) == (True, False)
            assert states(home) == {"published": count * 3 // 4, "received": 1}
    assert run(sweep_up, home).is_completed()
    assert states(home) == {"published": 8}


def test_people_hear_by_day_of_a_delivery_that_is_held(prefect, home, monkeypatch):
    drop(home, 4, rows=40)
    run(ingest, home)
    for path in (home / "landing").glob("*/*.csv"):
        path.unlink()
    (home / "quorate.toml").write_text('partnership = "Elsewhere"\n')
    drop(home, 1, rows=2)  # the same month again, cut short
    with listening(Hook()) as hook, monkeypatch.context() as patch:
        patch.setenv("QUORATE_NOTIFY", json.dumps({"board": hook.address}))
        state = run(ingest, home)
        assert (state.is_completed(), states(home)["held"]) == (True, 1), state.message
        assert "1 delivery is held until a person decides" in hook.took[-1]["title"]


def test_what_is_held_is_not_worked_out_again_by_every_sweep(prefect, home, monkeypatch):
    drop(home, 4)
    strange = Banded("newest", "a figure", 10.0, 80.0, 100.0, "a figure: 10.0%, 90.0% before.")
    monkeypatch.setattr(audit, "newest", lambda *_: [strange])
    assert run(ingest, home).is_failed()
    assert run(sweep_up, home).message == "All is dealt with."
    drop(home, 8)
    assert "The publication is held" in run(sweep_up, home).message  # other figures, and so another question
    assert run(sweep_up, home).message == "All is dealt with."


def test_a_publication_that_is_held_is_a_failed_run_of_which_people_hear_at_once(prefect, home, monkeypatch):
    drop(home, 4)
    strange = Banded("newest", "a figure", 10.0, 80.0, 100.0, "a figure: 10.0%, 90.0% before.")
    with listening(Hook()) as hook, monkeypatch.context() as patch:
        patch.setenv("QUORATE_NOTIFY", json.dumps({"board": hook.address}))
        with monkeypatch.context() as unlikely:
            unlikely.setattr(audit, "newest", lambda *_: [strange])
            state = run(ingest, home)
        assert (state.is_failed(), "The publication is held" in state.message) == (True, True)
        assert [one["title"].partition(": ")[2] for one in hook.took] == [
            "1 publication is held until a person decides"
        ]
        assert run(refresh_metrics, home).is_completed()
        assert "fall short" in hook.took[-1]["title"]


def test_the_screens_show_what_became_of_rows_figures_as_published_and_how_far_a_long_load_is(prefect, home):
    drop(home, 48)  # a year of four feeds
    (home / "landing" / "police_learning" / "learning_2026-09.csv").write_bytes(b"\x00 no table")
    run(ingest, home)
    receipts, figures = (
        json.loads(prefect.ask("/artifacts/latest/filter", artifacts={"key": {"any_": [key]}})[0]["data"])
        for key in ("delivery-receipts", "figures")
    )
    assert Counter(line["state"] for line in receipts) == {"loaded": 48, "refused": 1}
    assert all(
        line["rows"] == sum(line[name] for name in ("loaded", "same", "refused", "ignored")) for line in receipts
    )
    assert {line["metric"] for line in figures} >= {"csa_training"}
    progress = prefect.ask("/artifacts/filter", artifacts={"type": {"any_": ["progress"]}}, sort="CREATED_DESC")
    assert float(progress[0]["data"]) == 100.0
    assert "learning_20" not in json.dumps([receipts, figures])


def test_a_run_that_finds_the_warehouse_open_elsewhere_says_so_and_fails(prefect, home, monkeypatch):
    drop(home, 1)
    settings = settings_of(home)
    with sweep.open_warehouse(settings):  # a process of its own would be locked out; this one shares
        pass
    monkeypatch.setattr("flows.turns.patiently", _locked)
    state = run(ingest, home)
    assert (state.is_failed(), state.message) == (True, "Another program has it open.")


def _locked(_do: object) -> None:
    raise Locked("Another program has it open.")


def test_what_landed_elsewhere_is_ingested_refreshed_and_published_by_events_alone(prefect):
    """landed → ingest; and what an ingest without a sequel loads → refresh_metrics → publish."""
    home = prefect.home
    seen = {name: len(prefect.runs(name, types=["COMPLETED"])) for name in ("ingest", "refresh_metrics", "publish")}
    drop(home, 4)
    with working(prefect, home):
        assert tell_of_landed(arrivals(sweep.landed(settings_of(home))[0]), is_seen_to=False) == ""
        wait_for(lambda: len(prefect.runs("ingest", types=["COMPLETED"])) > seen["ingest"], "the ingest")
        drop(home, 8)
        prefect.start("ingest/ingest", home="", then="")
        wait_for(
            lambda: len(prefect.runs("publish", types=["COMPLETED"])) >= seen["publish"] + 2,
            "the publication by events",
        )
    assert states(home) == {"published": 8}


@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.long)])
def test_a_server_restarted_in_the_middle_of_a_burst_loses_and_doubles_nothing(prefect, home, count):
    drop(home, count)
    with working(prefect, home):
        prefect.start("ingest/ingest", home=str(home))
        wait_for(lambda: arrived(home) >= 2, "the first files")
        prefect.restart()
        wait_for(lambda: not prefect.runs("ingest", types=["RUNNING", "PENDING"]) or states(home), "the run to end")
        wait_for(lambda: run(sweep_up, home).message == "All is dealt with.", "the sweep to have nothing to do")
    assert states(home) == {"published": count}


def kill(worker: Any, *, with_flows: bool) -> None:
    """As a power cut does: no word to anybody."""
    family = [psutil.Process(worker.process.pid)]
    if with_flows:
        family += family[0].children(recursive=True)
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            os.kill(one.pid, signal.SIGKILL)
    worker.process.wait()


def test_what_a_killed_worker_was_loading_the_next_sweep_loads(prefect, home):
    drop(home, 16)
    with working(prefect, home) as worker:
        prefect.start("ingest/ingest", home=str(home))
        wait_for(lambda: arrived(home) >= 2, "the first files")
        kill(worker, with_flows=True)
    assert sum(states(home).values()) < 16
    state = run(sweep_up, home)  # waits until the killed run's lease is over
    assert state.is_completed(), state.message
    assert states(home) == {"published": 16}


@pytest.mark.long
def test_a_run_killed_with_its_worker_does_not_stay_running(prefect, home):
    drop(home, 16)
    with working(prefect, home) as worker:
        run_id = prefect.start("ingest/ingest", home=str(home))
        wait_for(lambda: arrived(home) >= 2, "the first files")
        kill(worker, with_flows=True)
    state = prefect.ended(run_id)
    assert (state["type"], state["message"]) == ("CRASHED", "It gave no heartbeat for 90 seconds.")


def test_a_backfill_reads_the_deliveries_of_its_feeds_and_time_again(prefect, home):
    drop(home, 8)
    run(ingest, home)
    said = {"by": "A. Manager", "why": "the connector was mended", "feeds": "police_learning, csc_learning"}
    state = asyncio.run(backfill(**said, date_from="2012-02-01", home=str(home), return_state=True))
    assert (state.is_completed(), state.message) == (True, "2 deliveries of 2 feeds read again.")
    assert states(home) == {"published": 6, "replaced": 2, "loaded": 2}


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # their own
@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_a_backfill_on_other_engines_reads_in_several_processes_and_writes_in_turn(
    prefect, home, postgresql_url, monkeypatch, runner
):
    pytest.importorskip(f"prefect_{runner}", reason=f"prefect-{runner} is not installed")
    monkeypatch.setenv("QUORATE_WAREHOUSE", postgresql_url)
    monkeypatch.setenv("QUORATE_TASK_RUNNER", runner)
    drop(home, 40)
    run(ingest, home)
    state = asyncio.run(backfill(by="A. Manager", why="mended", home=str(home), return_state=True))
    assert (state.is_completed(), state.message) == (True, "40 deliveries of 4 feeds read again.")


@pytest.mark.long
def test_three_workers_on_one_server_and_one_postgresql_load_everything_once(prefect, home, postgresql_url):
    with ExitStack() as workers:
        for _ in range(3):
            workers.enter_context(working(prefect, home, QUORATE_WAREHOUSE=postgresql_url))
        started = []
        for count in (10, 20, 30, 40):
            drop(home, count)
            started.append(prefect.start("ingest/ingest", home=str(home)))
        ended = [prefect.ended(run_id) for run_id in started]
        last = prefect.ended(prefect.start("ingest/ingest", home=str(home)))
    assert {state["type"] for state in [*ended, last]} == {"COMPLETED"}
    with open_store(postgresql_url) as store, store.reading() as connection:
        assert Counter(line["state"] for line in ledger.in_order(connection)) == {"published": 40}


def test_files_that_break_their_reader_keep_nobody_waiting(prefect, home, monkeypatch):
    """A file without end and a broken archive; tests/connectors/test_isolation.py has real ones of many kinds."""
    shutil.copytree(CODE / "tests" / "fixtures" / "police_niche", home / "landing" / "police_niche")
    whole = next((home / "landing" / "police_niche").iterdir())
    (home / "landing" / "police_niche" / "a_broken_2026-05.zip").write_bytes(whole.read_bytes()[:200])
    drop(home, 8)
    endless = home / "landing" / "csc_learning" / "learning_2011-01.csv"  # the first that is read
    endless.write_text("it has no end")

    def examined(archived, feed, reader, key, **limit):
        if archived.read_bytes() == endless.read_bytes():
            raise Unreadable("file.too_slow", f"It was not read within {reader.seconds} seconds.")
        return examine(archived, feed, reader, key, **limit)

    monkeypatch.setattr("flows.draining.examine", examined)
    state = run(ingest, home)
    assert state.is_completed(), state.message
    assert state.message.startswith("9 files loaded, 1 refused, 1 set aside")  # and, after their figures, it is refused
    assert "figures worked out. The report is written. 0 files loaded, 1 refused" in state.message
    with open_store(settings_of(home).warehouse_url) as store, store.reading() as connection:
        lines = {line["file_name"]: line for line in ledger.in_order(connection)}
    last = lines.pop(endless.name)
    assert last["refused_because"] == "file.too_slow"
    assert last["finished_at"] > max(line["finished_at"] for line in lines.values())
    assert lines["a_broken_2026-05.zip"]["state"] == "refused"
