"""Restatements on the board's page: what changed and why, readable however many, and nothing hidden in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import lxml.html
import pandas as pd
import pytest

from reports import words
from reports.board import write_board_report
from reports.editions import Line, edition_of, lines_of
from reports.restated import (
    FIGURES_SHOWN,
    PUBLICATIONS_SHOWN,
    Restated,
    asked_of_editions,
    conceal_restated,
    read_restatements,
    restated,
)
from reports.tidy import write_restatements
from tests.reports.conftest import AS_OF, GENERATED_AT, TITLE
from tests.reports.test_board import one, select, text
from tests.warehouse.test_disclosure import Known, Seen, in_full, lived, recovered
from warehouse.equations import Count, Key
from warehouse.restatements import Change, Said

FIRST_NIGHT = datetime(2026, 11, 2, 2, 30)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
HEALTH = Key("health_present", "recorded", "", "", "", "", "month", "2026-10")
NUMBERS = ("numerator", "denominator", "percentage")


def said(night: int, numerator: int | None, denominator: int | None, assurance: str = "assured") -> Said:
    """What the publication of the so-manieth night said of a figure."""
    percentage = 100 * numerator / denominator if numerator is not None and denominator else None
    at = FIRST_NIGHT + timedelta(days=night)
    return Said(f"p{night}", at, assurance, numerator, denominator, percentage, "d1")


def change(key: Key, before: Said, after: Said, cause: str = "re-delivery", *deliveries: str) -> Change:
    return Change(key, *OCTOBER, before, after, True, cause, deliveries)


def told(change: Change, lines: Mapping[tuple[str, Key], Line], now: str = "p1") -> Restated:
    """What the published edition tells of a change."""
    (found,) = conceal_restated([change], restated([change], {}), lines, now)
    return found


def line(said: Said, *hidden: str) -> Line:
    """How a figure stood in an edition."""
    return Count(HEALTH, "meeting", *OCTOBER, said.numerator or 0, said.denominator or 0), frozenset(hidden)


WAS, IS = said(0, 20, 40), said(1, 30, 40)


@pytest.mark.parametrize(
    ("hidden_before", "hidden_after", "hidden_now", "is_told"),
    [
        ((), (), (), True),
        (("units",), ("units",), ("units",), True),
        (("numerator",), (), (), False),
        (("denominator",), (), (), False),
        ((), ("numerator",), (), False),
        ((), (), ("denominator",), False),
    ],
)
def test_numbers_are_told_only_where_all_editions_showed_them(
    hidden_before: tuple[str, ...], hidden_after: tuple[str, ...], hidden_now: tuple[str, ...], is_told: bool
) -> None:
    lines = {("p0", HEALTH): line(WAS, *hidden_before), ("p1", HEALTH): line(IS, *hidden_after)}
    lines["p2", HEALTH] = line(IS, *hidden_now)
    found = told(change(HEALTH, WAS, IS), lines, "p2")
    if is_told:
        assert (found.was.numerator, found.now.numerator, found.points, found.mark) == (20, 30, 25.0, "")
    else:
        assert (found.was.numerator, found.now.numerator, found.points, found.mark) == (None, None, None, "c")
        assert {*vars(found.was).values(), *vars(found.now).values()} == {None, ""}
    assert (found.key, found.cause) == (HEALTH, "re-delivery")


def test_an_edition_that_never_went_out_or_had_another_number_showed_nothing() -> None:
    assert told(change(HEALTH, WAS, IS), {("p1", HEALTH): line(IS)}).mark == "c"
    other = {("p0", HEALTH): line(said(0, 21, 40)), ("p1", HEALTH): line(IS)}
    assert told(change(HEALTH, WAS, IS), other).mark == "c"


def test_that_a_figure_was_not_assured_is_no_secret_but_nought_cases_may_be() -> None:
    silent, empty = said(0, None, None, "not_assured"), said(0, 0, 0, "no_cases")
    shown = {("p1", HEALTH): line(IS)}
    found = told(change(HEALTH, silent, IS), shown)
    assert (found.was.assurance, found.now.percentage, found.points, found.mark) == ("not_assured", 75.0, None, "")
    assert told(change(HEALTH, empty, IS), shown | {("p0", HEALTH): line(empty, "denominator")}).mark == "c"
    assert told(change(HEALTH, empty, IS), shown | {("p0", HEALTH): line(empty)}).was.assurance == "no_cases"


def test_what_stood_in_an_edition_is_read_from_the_archive(measures: pd.DataFrame, tmp_path: Path) -> None:
    kept = Key("csa_training", "recorded", "", "", "", "", "rolling_12_months", "12 months to 2026-10")
    count = Count(kept, "member of staff in scope", *OCTOBER, 300, 400)
    edition_of(tmp_path, "p0", [count])
    edition_of(tmp_path, "p1", [Count(kept, "member of staff in scope", *OCTOBER, 250, 400)])
    edition_of(tmp_path, "p2", [])
    was, now = said(0, 300, 400), said(1, 250, 400)
    asked = asked_of_editions([change(kept, was, now)], "p2")
    lines = lines_of(tmp_path, asked)
    assert lines["p0", kept] == (count, frozenset())
    assert ("p2", kept) not in lines
    assert told(change(kept, was, now), lines, "p2").points == -12.5


def restatements_of(seen: Sequence[Seen]) -> Iterator[Change]:
    """What each edition of a made-up partnership says otherwise than the one before."""
    stands: dict[Key, Said] = {}
    for night, at in enumerate(seen):
        for count in at.edition.counts:
            now = said(night, count.numerator, count.denominator)
            was = stands.get(count.key)
            if was is not None and (was.numerator, was.denominator) == (now.numerator, now.denominator):
                continue
            stands[count.key] = now
            if was is not None:
                yield change(count.key, was, now)


def numbers_in(found: Sequence[Restated], seen: Sequence[Seen]) -> list[Known]:
    """The numbers that restatements tell, as sums of what only the partnership knows."""
    known: list[Known] = []
    for one_of in found:
        for at, numbers in ((one_of.published_before_at, one_of.was), (one_of.published_at, one_of.now)):
            edition = seen[(at - FIRST_NIGHT).days]
            told_of = [name for name in ("numerator", "denominator") if getattr(numbers, name) is not None]
            known += [(edition.made[one_of.key, name], edition.partnership) for name in told_of]
    return known


@pytest.mark.parametrize("partnerships", [4, pytest.param(100, marks=pytest.mark.long)])
def test_an_attacker_learns_nothing_from_the_restatements_of_any_edition(partnerships: int) -> None:
    tried = numbers = freely = 0
    for seed in range(partnerships):
        seen = lived(seed, in_full)
        changes = list(restatements_of(seen))
        lines = {
            (f"p{night}", count.key): (
                count,
                frozenset(part for part in ("numerator", "denominator") if not at.edition.is_shown(count.key, part)),
            )
            for night, at in enumerate(seen)
            for count in at.edition.counts
        }
        everything = restated(changes, {})
        published = conceal_restated(changes, everything, lines, f"p{len(seen) - 1}")
        known = numbers_in(published, seen)
        assert recovered(seen, known) == {}, seed
        tried += len(changes)
        numbers += len(known)
        freely += len(recovered(seen, numbers_in(everything, seen)))
    assert tried > 50 * partnerships
    assert numbers > partnerships, "telling nothing would be easy"
    assert freely > 20 * partnerships, "with all numbers the attacker would find much"


def many(night: int, how_many: int, cause: str = "late data") -> list[Restated]:
    """So many restatements of one night, the largest change last."""
    found = []
    for number in range(how_many):
        key = HEALTH._replace(agency_code=f"agency_{number:03}")
        found.append(change(key, said(night - 1, 0, 1000), said(night, number, 1000), cause, f"d{number}"))
    return restated(found, {"d0": "police"})


def test_five_hundred_restatements_are_counted_and_the_most_telling_listed() -> None:
    whole = restated([change(HEALTH, WAS, said(3, 21, 40), "late data")], {})
    year = HEALTH._replace(period_kind="rolling_12_months", period_label="12 months to 2026-10")
    whole += restated([change(year, WAS, said(3, 22, 40), "late data")], {})
    page = read_restatements([*many(3, 500), *whole, *many(2, 30, "rule")])
    assert (page.figures, page.publications) == (532, 2)
    late, rule = page.newest
    assert (late.published_at, late.figures, rule.figures) == (FIRST_NIGHT + timedelta(days=3), 502, 30)
    (group,) = late.causes
    assert (group.figures, group.metrics, group.agencies, len(group.shown)) == (502, 1, ("police",), FIGURES_SHOWN)
    assert (group.left_out, group.hidden) == (502 - FIGURES_SHOWN, {})
    assert [found.key for found in group.shown[:2]] == [year, HEALTH]
    assert group.shown[2].points == group.largest == pytest.approx(49.9)


def test_older_publications_are_counted_and_not_told_one_by_one() -> None:
    nights = [found for night in range(PUBLICATIONS_SHOWN + 3, 0, -1) for found in many(night, 1)]
    page = read_restatements(nights)
    assert (page.publications, len(page.newest)) == (PUBLICATIONS_SHOWN + 3, PUBLICATIONS_SHOWN)


@pytest.fixture
def found() -> list[Restated]:
    """Newest first: one shown, one hidden, then one that was not assured."""
    silent = said(0, None, None, "not_assured")
    school = HEALTH._replace(agency_code="edu_school", category="present", breakdown="sex", breakdown_value="F")
    changes = [
        change(HEALTH, said(1, 20, 40), said(2, 29, 40), "re-delivery", "d1"),
        change(school, said(1, 3, 4), said(2, 2, 4), "late data"),
        change(HEALTH, silent, said(1, 20, 40), "late data"),
    ]
    lines = {("p1", HEALTH): line(said(1, 20, 40)), ("p2", HEALTH): line(said(2, 29, 40))}
    return conceal_restated(changes, restated(changes, {"d1": "police"}), lines, "p2")


def write(folder: Path, frames: Sequence[pd.DataFrame], found: Sequence[Restated]) -> lxml.html.HtmlElement:
    path = write_board_report(
        *frames, folder, title=TITLE, as_of=AS_OF, generated_at=GENERATED_AT, synthetic=True, is_restricted=False,
        restated=found,
    )  # fmt: skip
    return lxml.html.parse(str(path)).getroot()


@pytest.fixture
def frames(measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame) -> list[pd.DataFrame]:
    return [measures[measures.metric == "health_present"], deliveries, benchmarks]


def test_the_page_says_what_it_was_what_it_is_and_why_newest_first(
    frames: list[pd.DataFrame], found: list[Restated], tmp_path: Path
) -> None:
    page = write(tmp_path, frames, found)
    assert [text(head) for head in select(page, ".anew h3")] == [
        "Published on 4 November 2026 at 02:30: 2 figures restated",
        "Published on 3 November 2026 at 02:30: 1 figure restated",
    ]  # fmt: skip
    causes = [[text(cell) for cell in row] for row in select(page, "table.causes tbody tr")]
    assert causes == [
        ["An agency sent a corrected fileMetropolitan Police", "1", "0", "1", "+22.5"],
        ["A file came after the figure had been published", "1", "1", "1", "–"],
        ["A file came after the figure had been published", "1", "0", "1", "–"],
    ]
    lines = [[text(cell) for cell in row] for row in select(page, "table.restated tbody tr")]
    question = text(one(page, "article.card h3"))
    assert lines == [
        [f"{question} Whole partnership", "October 2026", "50.0% (20 of 40)", "72.5% (29 of 40)", "+22.5"],
        [f"{question} Whole partnership", "October 2026", "Not assured", "50.0% (20 of 40)", "–"],
    ]
    assert [text(item) for item in select(page, "ul.hidden li")] == [f"{question} 1 figure"]
    assert all(row.xpath("ancestor::details") for row in select(page, "table.restated"))
    assert {link.get("href") for link in select(page, "table.restated a")} == {"#health_present"}


def test_a_part_of_a_breakdown_is_named_by_all_that_it_is(frames: list[pd.DataFrame], tmp_path: Path) -> None:
    school = HEALTH._replace(agency_code="edu_school", category="present", breakdown="age_band", breakdown_value="5-9")
    withdrawn = said(1, None, None, "withdrawn")
    page = write(tmp_path, frames, restated([change(school, WAS, withdrawn, "metric")], {}))
    (cells,) = [[text(cell) for cell in row] for row in select(page, "table.restated tbody tr")]
    assert cells[0].endswith("Schools; Genogram present; age band: 5-9")
    assert cells[2:] == ["50.0% (20 of 40)", "Not shown", "–"]


def test_a_page_without_restatements_says_so(frames: list[pd.DataFrame], tmp_path: Path) -> None:
    assert "No figure of a period that was over has been restated" in text(write(tmp_path, frames, []))


def test_the_tidy_file_has_every_restatement_and_no_hidden_number(found: list[Restated], tmp_path: Path) -> None:
    with write_restatements(found, tmp_path).open(encoding="utf-8-sig", newline="") as file:
        shown, hidden, silent = list(csv.DictReader(file))
    assert [shown[f"{side}{name}"] for side in ("was_", "") for name in NUMBERS] == [
        "20",
        "40",
        "50.0",
        "29",
        "40",
        "72.5",
    ]
    assert (shown["points"], shown["cause"], shown["agencies"], shown["mark"]) == (
        "22.5",
        "re-delivery",
        "|police|",
        "",
    )
    assert (shown["published_on"], shown["published_before_on"]) == ("2026-11-04", "2026-11-03")
    assert {hidden[f"{side}{name}"] for side in ("was_", "") for name in (*NUMBERS, "assurance")} == {""}
    assert (hidden["points"], hidden["mark"], hidden["agency_code"]) == ("", "c", "edu_school")
    assert (silent["was_assurance"], silent["was_percentage"], silent["percentage"]) == ("not_assured", "", "50.0")


@pytest.mark.parametrize(
    ("kind", "starts_on", "said"),
    [
        ("month", date(2026, 10, 1), "October 2026"),
        ("quarter", date(2026, 8, 1), "August to October 2026"),
        ("year_to_date", date(2025, 12, 1), "December 2025 to October 2026"),
        ("rolling_12_months", date(2025, 11, 1), "12 months to October 2026"),
    ],
)
def test_a_period_is_told_in_words(kind: str, starts_on: date, said: str) -> None:
    assert words.when(kind, starts_on, date(2026, 10, 31)) == said


def test_a_change_has_its_sign() -> None:
    assert [words.points(value) for value in (4.25, -4.0, 0.01, None)] == ["+4.3", "−4.0", "0.0", "–"]
