"""The way of one delivery: every row accounted for, refused files alone, nothing loaded twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.agency import Always, Csv, Feed, Said, Stream, Workbook, all_feeds
from connectors.isolation import ReaderProcess
from flows.delivery import Outcome, Place, deliver
from flows.judging import examine
from schemas.tables.involvements import Involvements
from schemas.tables.meeting_participation import MeetingParticipation
from tests.keys import KEY
from warehouse import ledger
from warehouse.store import Store
from warehouse.tables import FACTS, FINDINGS, QUARANTINE
from warehouse.vault import open_vault

NOW = datetime(2026, 11, 23, 2, 30)
PARTICIPATION = Feed(
    "police_test",
    "police",
    "test",
    Csv(),
    (
        Stream(
            MeetingParticipation,
            {
                "said_by": Always("police"),
                "agency_code": "Agency",
                "meeting_ref": "Meeting",
                "held_on": "Held",
                "attendance_code": Said("Came", {"Yes": "attended", "No": "did_not_attend"}),
            },
            ignores=("Officer",),
        ),
    ),
    dates=("%d/%m/%Y",),
    carries="its_period",
)
HEADER = "Agency,Meeting,Held,Came,Officer\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def send(store: Store, tmp_path: Path, reader: ReaderProcess) -> Callable[..., Outcome]:
    """Deliver a text as a file of the test feed."""

    def deliver_text(text: str | bytes, name: str = "police_2026-10.csv", feed: Feed = PARTICIPATION) -> Outcome:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        with open_vault(store) as vault:
            return deliver(path, feed, Place(store, tmp_path / "archive", reader, vault, KEY), now=NOW)

    return deliver_text


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    """Rows in, loaded, unchanged, refused, ignored."""
    return (
        outcome.rows_in,
        outcome.rows_loaded,
        outcome.rows_unchanged,
        outcome.rows_refused,
        outcome.rows_ignored,
    )


def rules(store: Store) -> list[tuple[int | None, str]]:
    with store.reading() as connection:
        found = connection.execute(select(FINDINGS.c.source_row, FINDINGS.c.rule))
        return sorted((row, rule) for row, rule in found)


def facts(store: Store, *names: str) -> list[tuple[object, ...]]:
    table = FACTS["meeting_participation"]
    with store.reading() as connection:
        return [
            tuple(row) for row in connection.execute(select(*(table.c[n] for n in names)).order_by(table.c.source_row))
        ]


def test_every_row_is_loaded_refused_or_ignored_and_each_refusal_is_named(send, store):
    outcome = send(
        HEADER
        + "police,M1,03/04/2026,Yes,PC Hernandez\n"  # loaded
        + "police,M2,31/02/2026,Yes,x\n"  # a date that does not exist
        + "scouts,M3,03/04/2026,Perhaps,x\n"  # two errors in a row
        + "police,M1,03/04/2026,Yes,PC Null\n"  # the first row again; only the ignored name differs
        + "police,M4,03/04/2026,Yes\n"  # a cell too few
        + "\n"  # blank
        + "police,M5,03/04/2026,No,x\n"  # these two contradict one another
        + "police,M5,03/04/2026,Yes,x\n"
    )
    assert outcome.state == "loaded"
    assert counts(outcome) == (8, 1, 0, 5, 2)
    assert facts(store, "meeting_ref", "held_on", "source_row") == [("M1", date(2026, 4, 3), 2)]
    assert rules(store) == [
        (3, "held_on.castable"),
        (4, "agency_code.in_code_list"),
        (4, "attendance_code.in_code_list"),
        (4, "row.speaks_for_another"),  # a query: not an agency the police may speak for
        (5, "row.repeated"),
        (6, "row.shape"),
        (8, "row.contradicted"),
        (9, "row.contradicted"),
    ]


def test_the_refused_rows_are_pointed_to_and_no_value_of_theirs_is_in_the_ledger(send, store):
    send(HEADER + "police,M1,31/02/2026,Yes,x\n")
    with store.reading() as connection:
        (row,) = connection.execute(select(QUARANTINE)).mappings()
        everything = [str(dict(line)) for line in connection.execute(select(FINDINGS)).mappings()] + [str(dict(row))]
    assert (row["table_name"], row["source_row"]) == ("meeting_participation", 2)
    assert "31/02/2026" not in "".join(everything)


def test_the_same_bytes_again_are_a_duplicate_and_change_nothing(send, store):
    text = HEADER + "police,M1,03/04/2026,Yes,x\n"
    first = send(text)
    again = send(text, name="renamed_2026-11.csv")
    assert (first.state, again.state) == ("loaded", "duplicate")
    assert again.delivery_id == first.delivery_id
    with store.reading() as connection:
        assert len(ledger.list_deliveries(connection)) == 1


def test_a_file_that_breaks_the_same_rule_in_another_row_is_not_the_same_again(send, store):
    good = "police,M1,03/04/2026,Yes,x\n"
    send(HEADER + good + "police,M2,31/02/2026,Yes,x\n")
    other = send(HEADER + good + "police,M3,31/02/2026,Yes,x\n")
    same = send(HEADER + "police,M3,31/02/2026,Yes,y\n" + good)
    assert [(one.state, counts(one)) for one in (other, same)] == [
        ("loaded", (2, 0, 1, 1, 0)),
        ("duplicate", (2, 0, 1, 1, 0)),
    ]


def test_a_corrected_file_replaces_what_changed_and_leaves_the_rest_as_first_loaded(send, store):
    first = send(HEADER + "police,M1,03/04/2026,Yes,x\npolice,M2,03/04/2026,Yes,x\n")
    second = send(HEADER + "police,M1,03/04/2026,Yes,x\npolice,M2,03/04/2026,No,x\npolice,M3,03/04/2026,No,x\n")
    assert counts(second) == (3, 2, 1, 0, 0)
    drawn = {
        ref: (came, delivery) for ref, came, delivery in facts(store, "meeting_ref", "attendance_code", "delivery_id")
    }
    assert drawn == {
        "M1": ("attended", first.delivery_id),
        "M2": ("did_not_attend", second.delivery_id),
        "M3": ("did_not_attend", second.delivery_id),
    }


def test_a_refused_row_is_closed_by_its_correction_and_by_a_later_month(send, store):
    def quarantined() -> set[tuple[str, int, str, str | None]]:
        of = QUARANTINE.c
        with store.reading() as connection:
            return set(connection.execute(select(of.delivery_id, of.source_row, of.state, of.closed_by)).tuples())

    wrong, right = (f"police,M{{}},03/04/2026,{word},x\n" for word in ("Perhaps", "Yes"))
    first = send(HEADER + wrong.format(1) + wrong.format(2) + wrong.format(3)).delivery_id
    assert quarantined() == {(first, row, "open", None) for row in (2, 3, 4)}
    second = send(HEADER + right.format(1) + wrong.format(2), name="police_2026-10_v2.csv").delivery_id
    closed = {
        (first, 2, "resolved", second),  # it is right now
        (first, 3, "superseded", second),  # it is wrong again
        (first, 4, "superseded", second),  # it is gone
    }
    assert quarantined() == {*closed, (second, 3, "open", None)}
    third = send(HEADER + right.format(2), name="police_2026-11.csv").delivery_id
    assert quarantined() == {*closed, (second, 3, "resolved", third)}


def test_a_file_that_cannot_be_read_refuses_itself_says_why_and_is_tried_again(send, store):
    unreadable = "Agency,Meeting,Held\npolice,M1,03/04/2026\n"
    outcome = send(unreadable)
    assert (outcome.state, outcome.refused_because) == ("refused", "file.missing_column")
    assert "Came" in outcome.says
    assert send(unreadable).state == "refused"
    with store.reading() as connection:
        (entry,) = ledger.list_deliveries(connection)
        assert (entry["state"], entry["rows_in"]) == ("refused", 0)
    mended = Feed(**{**vars(PARTICIPATION), "streams": (Stream(MeetingParticipation, {
        "said_by": Always("police"), "agency_code": "Agency", "meeting_ref": "Meeting", "held_on": "Held",
        "attendance_code": Always("attended")}),)})  # fmt: skip
    assert send(unreadable, feed=mended).rows_loaded == 1
    with store.reading() as connection:
        assert [entry["state"] for entry in ledger.list_deliveries(connection)] == ["loaded"]


def test_the_period_comes_from_the_name_and_else_from_the_rows(send, store):
    send(HEADER + "police,M1,03/04/2026,Yes,x\n", name="police_2026-10.csv")
    send(HEADER + "police,M2,03/02/2026,Yes,x\npolice,M3,20/05/2026,Yes,x\n", name="everything.csv")
    with store.reading() as connection:
        periods = {
            entry["file_name"]: (entry["period_from"], entry["period_to"])
            for entry in ledger.list_deliveries(connection)
        }
    assert periods == {
        "police_2026-10.csv": (date(2026, 10, 1), date(2026, 10, 31)),
        "everything.csv": (date(2026, 2, 1), date(2026, 5, 31)),
    }


def test_a_yearly_file_speaks_for_whole_years_and_no_file_for_days_to_come(send, store):
    yearly = replace(PARTICIPATION, every="year", period="(?!)")
    send(HEADER + "police,M1,03/05/2025,Yes,x\npolice,M2,27/02/2026,Yes,x\n", name="census.csv", feed=yearly)
    send(HEADER + "police,M3,03/10/2026,Yes,x\npolice,M4,20/12/2030,Yes,x\n", name="plans.csv")
    with store.reading() as connection:
        periods = {
            one["file_name"]: (one["period_from"], one["period_to"]) for one in ledger.list_deliveries(connection)
        }
    assert periods == {
        "census.csv": (date(2025, 5, 1), date(2026, 3, 31)),
        "plans.csv": (date(2026, 10, 1), date(2026, 11, 30)),  # received on 23 November 2026
    }


def test_a_header_without_rows_is_a_return_of_nothing_and_loads(send):
    outcome = send(HEADER)
    assert (outcome.state, counts(outcome)) == ("loaded", (0, 0, 0, 0, 0))


BAD_FILES = {
    "empty": (b"", "file.empty"),
    "another encoding": ((HEADER + "police,M1,03/04/2026,Yes,Zoë\n").encode("cp1252"), "file.encoding"),
    "UTF-16": ((HEADER + "police,M1,03/04/2026,Yes,x\n").encode("utf-16"), "file.encoding"),
    "a missing column": (b"Agency,Meeting\npolice,M1\n", "file.missing_column"),
    "a title row": (
        b"Police return for April,,,,\n" + HEADER.encode() + b"police,M1,03/04/2026,Yes,x\n",
        "file.title_row",
    ),
    "semicolons": ((HEADER + "police,M1,03/04/2026,Yes,x\n").replace(",", ";").encode(), "file.delimiter"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_by_name_and_says_what_to_do(name, send):
    content, rule = BAD_FILES[name]
    outcome = send(content)
    assert (outcome.state, outcome.refused_because, outcome.rows_in) == ("refused", rule, 0)
    assert len(outcome.says.split()) > 5


@pytest.mark.parametrize("surname", ["Hernandez", "Null", "None", "NaN", "N/A"])
def test_a_word_that_looks_like_nothing_is_kept_as_the_word_it_is(surname, send, store, tmp_path, reader):
    feed = Feed("f", "csc", "s", Csv(), (Stream(Involvements, {"agency_code": Always("csc"), "child_ref": "Child",
        "team": "Team", "opened_on": "Opened"}),), carries="its_period")  # fmt: skip
    assert send(f"Child,Team,Opened\nC1,{surname},2026-04-03\n", feed=feed).rows_loaded == 1
    with store.reading() as connection:
        assert connection.scalar(select(FACTS["involvements"].c.team)) == surname


def test_a_child_without_any_number_is_refused_by_name(send, store):
    feed = Feed("f", "csc", "s", Csv(), (Stream(Involvements, {"agency_code": Always("csc"), "child_ref": "Child",
        "opened_on": "Opened"}),), carries="its_period")  # fmt: skip
    assert send("Child,Opened\n,2026-04-03\n", feed=feed).rows_refused == 1
    assert rules(store) == [(2, "row.no_child_number")]


def test_a_formula_in_a_cell_is_refused_as_text_and_never_run(send, store):
    send(HEADER + 'police,"=HYPERLINK(""http://x"")",03/04/2026,Yes,x\n')
    assert rules(store) == [(2, "meeting_ref.is_reference")]


def test_an_extra_column_is_a_signal_and_the_file_loads(send, store):
    outcome = send(HEADER.replace("\n", ",Mood\n") + "police,M1,03/04/2026,Yes,x,good\n")
    assert (outcome.rows_loaded, len(outcome.notes)) == (1, 1)
    assert "Mood" in outcome.notes[0]
    assert rules(store) == [(None, "file.extra_column")]


def test_a_serial_date_in_a_workbook_is_read_and_said_and_in_a_csv_it_is_refused(send, store, tmp_path):
    import xlsxwriter

    streams = (
        Stream(Involvements, {"agency_code": Always("csc"), "child_ref": "Child", "opened_on": "Opened"}, member="S"),
    )
    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Child", "Opened"])
        sheet.write_row(1, 0, ["C1", 44289])
    workbook = Feed("f", "csc", "s", Workbook(), streams, dates=("%d/%m/%Y",), carries="its_period")
    assert send(path.read_bytes(), name="book.xlsx", feed=workbook).rows_loaded == 1
    assert rules(store) == [(2, "opened_on.corrected")]
    with store.reading() as connection:
        assert connection.scalar(select(FACTS["involvements"].c.opened_on)) == date(2021, 4, 3)
    plain = Feed(
        "g",
        "csc",
        "s",
        Csv(),
        (Stream(Involvements, dict(streams[0].columns)),),
        dates=("%d/%m/%Y",),
        carries="its_period",
    )
    assert send("Child,Opened\nC2,44289\n", feed=plain).rows_refused == 1


def test_a_truncated_xml_refuses_itself_and_the_census_before_it_stays(send, store):
    feed = all_feeds()["csc_cin_census"]
    whole = next(Path("tests/fixtures/csc_cin_census").iterdir()).read_bytes()
    assert send(whole, name="census.xml", feed=feed).rows_loaded > 0
    outcome = send(whole[: len(whole) // 2], name="census_cut.xml", feed=feed)
    assert (outcome.state, outcome.refused_because) == ("refused", "file.truncated")
    with store.reading() as connection:
        assert (connection.scalar(select(func.count()).select_from(FACTS["children"])) or 0) > 0


@pytest.mark.parametrize("name", sorted(all_feeds()))
def test_every_fixture_loads_with_every_row_accounted_for(name, send):
    feed = all_feeds()[name]
    for file in sorted(Path("tests/fixtures", name).iterdir()):
        outcome = send(file.read_bytes(), name=file.name, feed=feed)
        assert outcome.state == "loaded"
        rows_in, *accounted = counts(outcome)
        assert rows_in == sum(accounted) > 0


def test_check_judges_and_loads_nothing(store, tmp_path, reader):
    path = tmp_path / "x.csv"
    path.write_text(HEADER + "police,M1,03/04/2026,Yes,x\nscouts,M2,03/04/2026,Yes,x\n")
    examined = examine(path, PARTICIPATION, reader, KEY)
    assert [(one.accepted.num_rows, one.refused.num_rows) for one in examined.judged] == [(1, 1)]
    assert facts(store, "meeting_ref") == []


def test_a_wide_file_of_many_chunks_loses_no_row(send, monkeypatch):
    """Chunks are an arrangement of ours; no row may fall between two of them."""
    import connectors.translate

    monkeypatch.setattr(connectors.translate, "CHUNK_ROWS", 7)
    out = io.StringIO()
    writer = csv.writer(out)
    for number in range(100):
        writer.writerow(["police", f"M{number}", "03/04/2026" if number % 10 else "never", "Yes", "x"])
    assert counts(send(HEADER + out.getvalue())) == (100, 90, 0, 10, 0)
