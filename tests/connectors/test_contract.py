"""The contract of every connector: one set of tests over all of them. A new agency's feed is tested by being there."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from connectors.agency import Always, Feed, Said, Stream, all_feeds
from connectors.read import IGNORED, Member, Reading, read
from connectors.translate import prepare, translate
from schemas.codes import LISTS
from schemas.table import columns, fact_columns
from schemas.verdict import compare, judge
from tests.keys import KEY
from warehouse.pseudonyms import protect

FIXTURES = Path(__file__).parents[1] / "fixtures"
FEEDS = all_feeds()

REFUSED = {
    "csc_mosaic": {
        "agency_code.in_code_list",
        "attendance_code.in_code_list",
        "concern_identified_at.castable",
        "factor_codes.all_in_code_list",
        "meeting_ref.is_reference",
        "mode_code.in_code_list",
        "status_code.in_code_list",
        "action_ref.required",
        "child_seen_alone_on.castable",
        "csa_concern_recorded.castable",
        "due_on.castable",
        "owner_agency_code.in_code_list",
        "provider_code.in_code_list",
        "specialist_health_code.in_code_list",
        "row.dfe_8608",
        "row.dfe_8615",
        "row.no_child_number",
    },
    "csc_cin_census": {"factor_codes.all_in_code_list", "row.dfe_8608"},
    "csc_annex_a": {"source_code.in_code_list", "row.dfe_8615"},
    "csc_learning": {"headcount_in_scope.castable"},
    "police_niche": {
        "closure_reason_code.in_code_list",
        "csa_concern_recorded.castable",
        "row.closed_before_opened",
        "row.dfe_8608",
        "row.no_meeting",
    },
    "police_learning": {"headcount_in_scope.castable"},
    "health_acute_json": {"attendance_code.in_code_list", "row.no_meeting"},
    "health_camhs_json": {"attendance_code.in_code_list", "row.no_meeting", "row.started_before_offer"},
    "health_acute_esr": {"row.more_trained_than_staff"},
    "health_camhs_esr": {"row.more_trained_than_staff"},
    "health_gp_emis": {
        "csa_concern_recorded.castable",
        "held_on.castable",
        "item_code.in_code_list",
        "row.no_meeting",
    },
    "edu_school_cpoms": {"attendance_code.in_code_list"},
    "edu_school_learning": {"headcount_in_scope.castable"},
    "sarc_havens": {"attendance_code.in_code_list", "row.examined_before_referral", "row.no_child_number"},
    "sarc_esr": {"row.more_trained_than_staff"},
    "health_school_nursing_esr": {"row.more_trained_than_staff"},
    "la_early_help_learning": {"headcount_in_scope.castable"},
    "probation_learning": {"headcount_in_scope.castable"},
    "lscp_audit": {"row.closed_without_a_date", "row.rating_off_its_scale"},
    "vcs_lamplight": {"declined.castable", "row.no_child_number", "row.started_before_offer"},
    "dfe_section_47": set(),
    "dfe_assessments": set(),
    "dfe_factors": set(),
}
"""Feed → every rule that refuses a row of its fixture, and no other."""

FREE_TEXT_OR_NAME = ("name", "notes", "comment", "worker", "address", "email", "surname", "forename", "clinician")


@pytest.fixture(params=sorted(FEEDS))
def feed(request: pytest.FixtureRequest) -> Feed:
    return FEEDS[request.param]


@cache
def fixture_of(name: str) -> Reading:
    """The feed's fixture, read once."""
    feed = FEEDS[name]
    (path,) = sorted((FIXTURES / feed.name).glob(feed.files))
    return read(path, feed)


@dataclass(frozen=True)
class Judged:
    """A member of a fixture, translated and judged."""

    table: str
    raw: pa.Table
    rows: pa.Table
    accepted: pa.Table
    refusals: set[str]


@cache
def judged(name: str) -> list[Judged]:
    """Every stream of the feed's fixture."""
    reading = fixture_of(name)
    return [_judge(member, FEEDS[name], reading.date_system) for member in reading.members if member.stream != IGNORED]


def _judge(member: Member, feed: Feed, date_system: int) -> Judged:
    stream = feed.streams[member.stream]
    rows, accepted = [], []
    refusals: set[str] = set()
    for chunk in translate(prepare(member.rows, stream).rows, stream, feed, date_system):
        verdict = judge(chunk.rows, stream.table, chunk.uncast, chunk.corrected)
        rows.append(chunk.rows)
        accepted.append(protect(chunk.rows.filter(pa.array(verdict.accepted)), stream.table, feed.name, KEY).rows)
        errors = verdict.findings.filter(pc.equal(verdict.findings["severity"], "error"))
        refusals |= set(errors["rule"].to_pylist())
    name = stream.table.__name__
    return Judged(name, member.rows, pa.concat_tables(rows), pa.concat_tables(accepted), refusals)


def mapped(stream: Stream, *, into_facts: bool = False) -> set[str]:
    """The columns of the file that a stream reads, or those of them that reach the facts."""
    kept = {column.name for column in (fact_columns if into_facts else columns)(stream.table)}
    sources = [source for name, source in stream.columns.items() if name in kept and not isinstance(source, Always)]
    return {source.column if isinstance(source, Said) else source for source in sources}


def test_a_feed_is_named_after_its_agency_and_has_a_fixture(feed: Feed) -> None:
    assert feed.name.startswith(f"{feed.agency}_")
    assert len(list((FIXTURES / feed.name).iterdir())) == 1


def test_an_agency_is_declared_in_a_module_of_its_own_code_in_thirty_lines(feed: Feed) -> None:
    module = import_module(f"connectors.agencies.{feed.agency}")
    assert feed in module.FEEDS
    assert module.__file__ is not None
    assert len(Path(module.__file__).read_text().splitlines()) <= 30
    assert feed.agency in LISTS["agencies"]


def test_only_columns_of_the_table_are_mapped_and_every_required_one_is(feed: Feed) -> None:
    for stream in feed.streams:
        known = {column.name: column for column in columns(stream.table)}
        assert stream.columns.keys() <= known.keys()
        assert {name for name, column in known.items() if column.required} <= stream.columns.keys()


def test_every_word_means_a_code_of_the_columns_list(feed: Feed) -> None:
    for stream in feed.streams:
        for column in columns(stream.table):
            source = stream.columns.get(column.name)
            ours = source.means.values() if isinstance(source, Said) else ()
            ours = [source.value] if isinstance(source, Always) else ours
            if column.code_list:
                assert set(ours) - {""} <= LISTS[column.code_list].keys()


def test_no_column_is_both_read_and_left_out_and_no_name_reaches_the_facts(feed: Feed) -> None:
    for stream in feed.streams:
        assert not mapped(stream) & set(stream.ignores)
        if feed.agency == "dfe":
            continue  # the names there are of areas
        read_words = {
            word for name in mapped(stream, into_facts=True) for word in name.casefold().replace("_", " ").split()
        }
        assert not read_words & set(FREE_TEXT_OR_NAME)


def test_no_word_is_given_two_meanings_by_its_case(feed: Feed) -> None:
    for stream in feed.streams:
        for source in stream.columns.values():
            if isinstance(source, Said):
                assert len({word.strip().casefold() for word in source.means}) == len(source.means)


def test_the_fixture_reads_and_every_column_in_it_is_accounted_for(feed: Feed) -> None:
    reading = fixture_of(feed.name)
    assert {member.stream for member in reading.members} - {IGNORED} == set(range(len(feed.streams)))
    assert [note for note in reading.notes if note.rule == "file.extra_column"] == []
    assert all(member.misshapen == () for member in reading.members)


def test_every_stream_of_the_fixture_has_a_row_that_is_accepted(feed: Feed) -> None:
    for stream in judged(feed.name):
        assert stream.accepted.num_rows >= 1
        assert set(stream.rows["source_row"].to_pylist()) <= set(stream.raw["source_row"].to_pylist())


def test_the_fixture_is_refused_for_these_reasons_and_no_other(feed: Feed) -> None:
    assert set().union(*(stream.refusals for stream in judged(feed.name))) == REFUSED[feed.name]


def test_accepted_rows_of_the_fixture_do_not_contradict_each_other(feed: Feed) -> None:
    by_table: dict[str, list[pa.Table]] = {}
    for stream in judged(feed.name):
        by_table.setdefault(stream.table, []).append(stream.accepted)
    for tables in by_table.values():
        together = pa.concat_tables(tables)
        assert not compare(together["row_key"], together["row_hash"]).contradicted.any()


def test_the_fixtures_are_what_the_script_makes(tmp_path: Path) -> None:
    from tests.fixtures.make import make

    make(tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(FIXTURES): path.read_bytes()
        for path in FIXTURES.rglob("*")
        if path.is_file() and path.parent != FIXTURES and path.parent.name != "__pycache__"
    }
    assert made == kept
