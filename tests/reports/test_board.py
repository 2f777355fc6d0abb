"""What a board member may rely on: every figure on the page is the frame's own, worst first, and nothing is made up."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import lxml.html
import pandas as pd
import pytest

from reports import words
from reports.board import write_board_report
from reports.figures import COLUMNS
from reports.trend import CONCERN, IMPROVEMENT
from schemas.codes import AUDIT_REASONS, RECOMMENDATIONS
from tests.reports.owed import OWED

STATUS_ORDER = ["red", "not_assured", "amber", "grey", "green", "none"]


@pytest.fixture(scope="module")
def page(board: Path) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(board.read_text(encoding="utf-8"))


def text(element: lxml.html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


STEP = re.compile(r"(\w*)((?:\.[\w-]+)*)((?:\[[\w-]+\])*)")


def select(element: lxml.html.HtmlElement, selector: str) -> list[lxml.html.HtmlElement]:
    """Elements below by tag, ``.class``, ``[attribute]`` and descent, in the page's order: what CSS would find."""
    paths = []
    for part in selector.split(", "):
        path = "."
        for step in part.split():
            tag, classes, attributes = STEP.fullmatch(step).groups()
            held = "".join(f"[contains(concat(' ', @class, ' '), ' {name} ')]" for name in classes.split(".")[1:])
            path += f"//{tag or '*'}{held}{attributes.replace('[', '[@')}"
        paths.append(path)
    return element.xpath(" | ".join(paths))


def one(element: lxml.html.HtmlElement, css: str) -> lxml.html.HtmlElement:
    (found,) = select(element, css)
    return found


def cards(page: lxml.html.HtmlElement) -> dict[str, lxml.html.HtmlElement]:
    return {card.get("data-metric"): card for card in select(page, "article.card")}


def rolling(measures: pd.DataFrame, **where: object) -> pd.DataFrame:
    chosen = measures[(measures.period_kind == "rolling_12_months") & (measures.ends_on == date(2026, 10, 31))]
    for name, value in where.items():
        chosen = chosen[chosen[name] == value]
    return chosen


def headline_row(measures: pd.DataFrame, metric: str) -> dict[str, object]:
    views = set(measures[measures.metric == metric]["view"])
    view = "confirmed" if "confirmed" in views else "recorded"
    (row,) = rolling(measures, metric=metric, view=view, is_headline=True, agency_code="").to_dict("records")
    return row


def printed(row: dict[str, object]) -> tuple[str, str]:
    """A row as the page must print it: percentage, x of n; words and a dash where there is no figure."""
    if row["assurance"] == "not_assured":
        return "Not assured", "–"
    if row["assurance"] == "no_cases":
        return "No cases", "–"
    return f"{words.rounded(row['percentage'])}%", f"{row['numerator']:,} of {row['denominator']:,}"


def test_the_page_asks_for_nothing_and_runs_nothing(board: Path, page: lxml.html.HtmlElement) -> None:
    source = board.read_text(encoding="utf-8")
    assert "<script" not in source
    assert "http://" not in source
    assert "https://" not in source
    assert "url(" not in source
    assert "@import" not in source
    assert not select(page, "[src], [srcset], link, iframe, object, embed, form, img, base, [style], [onclick]")
    assert {link.get("href")[0] for link in select(page, "[href]")} == {"#"}


def test_every_link_leads_somewhere_on_the_page_and_no_id_is_used_twice(page: lxml.html.HtmlElement) -> None:
    ids = [element.get("id") for element in select(page, "[id]")]
    assert len(ids) == len(set(ids))
    assert {link.get("href")[1:] for link in select(page, "a[href]")} <= set(ids)
    labelled = [element.get("aria-labelledby") for element in select(page, "[aria-labelledby]")]
    assert set(labelled) <= set(ids)


def test_every_card_prints_the_frames_own_figure(page: lxml.html.HtmlElement, measures: pd.DataFrame) -> None:
    assert set(cards(page)) == set(measures["metric"])
    for metric, card in cards(page).items():
        row = headline_row(measures, metric)
        percentage, x_of_n = printed(row)
        assert text(one(card, ".big")) == percentage
        if x_of_n != "–":
            assert text(one(card, ".of .xn")) == x_of_n
            low, high = words.rounded(row["low"]), words.rounded(row["high"])
            assert text(one(card, ".interval")) == f"{low}% to {high}% (95% interval)"
        covered = f"{row['coverage_numerator']:,} of {row['coverage_denominator']:,}"
        assert covered in text(select(card, ".coverage")[0])


def test_every_line_of_a_cards_tables_prints_the_frames_own_figure(
    page: lxml.html.HtmlElement, measures: pd.DataFrame
) -> None:
    lines = 0
    for metric, card in cards(page).items():
        view = headline_row(measures, metric)["view"]
        for line in select(card, "tr[data-agency]"):
            (row,) = rolling(
                measures, metric=metric, view=view, agency_code=line.get("data-agency"), is_headline=True
            ).to_dict("records")
            assert (text(one(line, ".pc")), text(one(line, ".xn"))) == printed(row)
            lines += 1
        for line in select(card, "tr[data-category]"):
            (row,) = rolling(measures, metric=metric, category=line.get("data-category")).to_dict("records")
            assert (text(one(line, ".pc")), text(one(line, ".xn"))) == printed(row)
            lines += 1
    agencies = rolling(measures)[rolling(measures).agency_code != ""]
    categories = rolling(measures)[rolling(measures).category != ""]
    assert lines == len(agencies) + len(categories)


def test_every_month_behind_a_picture_is_the_frames_own(page: lxml.html.HtmlElement, measures: pd.DataFrame) -> None:
    monthly = measures[(measures.period_kind == "month") & measures.is_headline & (measures.agency_code == "")]
    for metric, card in cards(page).items():
        view = headline_row(measures, metric)["view"]
        series = monthly[(monthly.metric == metric) & (monthly["view"] == view)].to_dict("records")
        by_month = {row["starts_on"].isoformat(): row for row in series}
        lines = select(card, "tr[data-month]")
        first = max("2024-11-01", min(by_month))
        assert [line.get("data-month") for line in (lines[0], lines[-1])] == [first, "2026-10-01"]
        assert len(lines) == (5 if metric == "audit_rating" else 24)
        for line in lines:
            row = by_month.get(line.get("data-month"))
            said = (text(one(line, ".pc")), text(one(line, ".xn")))
            assert said == (printed(row) if row else ("No figure", "–"))


def test_both_views_stand_side_by_side_where_two_agencies_must_agree(
    page: lxml.html.HtmlElement, measures: pd.DataFrame
) -> None:
    triangulated = set(measures[measures["view"] == "confirmed"]["metric"])
    assert len(triangulated) == 4
    for metric, card in cards(page).items():
        values = [text(value) for value in select(card, ".view .value")]
        if metric not in triangulated:
            assert values == []
            continue
        rows = [
            rolling(measures, metric=metric, view=view, agency_code="", is_headline=True).to_dict("records")[0]
            for view in ("recorded", "confirmed")
        ]
        assert values == [printed(row)[0] for row in rows]


def test_the_worst_comes_first(page: lxml.html.HtmlElement, measures: pd.DataFrame) -> None:
    places, distances = [], []
    for metric, card in cards(page).items():
        (status,) = set(card.get("class").split()) & set(STATUS_ORDER)
        row = headline_row(measures, metric)
        expected = "not_assured" if row["assurance"] == "not_assured" else row["status"]
        assert status == expected
        places.append(STATUS_ORDER.index(status))
        distances.append((places[-1], (row["percentage"] - row["target"]) if status in ("red", "amber") else 0))
    assert places == sorted(places)
    assert distances == sorted(distances)


def test_what_is_not_assured_never_shows_a_percentage(page: lxml.html.HtmlElement) -> None:
    card = cards(page)["quorate"]
    assert text(one(card, ".tag")) == "Not assured"
    assert text(one(card, ".big")) == "Not assured"
    assert "%" not in text(select(card, ".of")[0])
    assert select(card, ".change") == []
    assert select(card, "svg.trend") == []
    assert [text(value) for value in select(card, ".view .value")][1] == "Not assured"
    unknown = [line for line in select(page, "tr") if "Not assured" in text(line) and line.get("data-month")]
    assert len(unknown) > 24
    assert all("%" not in text(line) for line in unknown)


def test_a_missing_return_hides_a_percentage_that_a_row_should_not_have_held(
    measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    wrong = measures[measures.metric == "health_present"].assign(assurance="not_assured")
    path = write_board_report(
        wrong, deliveries, benchmarks, tmp_path,
        title="T", as_of=date(2026, 10, 31), generated_at=datetime(2026, 11, 1), synthetic=False,
    )  # fmt: skip
    card = select(lxml.html.parse(str(path)).getroot(), "article.card")[0]
    assert text(one(card, ".big")) == "Not assured"
    assert text(card).count("%") == 1, "the target, and nothing else"
    assert select(card, "svg.trend") == []


def test_a_picture_has_a_gap_and_a_band_where_months_are_not_assured(page: lxml.html.HtmlElement) -> None:
    card = cards(page)["health_attendance_confirmed"]
    picture = one(card, "svg.trend")
    assert "Not assured in 2 of 24 months." in text(one(picture, "title"))
    assert text(one(card, ".key")).endswith("not assured")
    assert "not assured" not in text(one(cards(page)["health_present"], ".key"))


def test_the_months_are_told_from_chance_in_words_and_by_a_mark_for_each_month_beyond_it(
    page: lxml.html.HtmlElement,
) -> None:
    card = cards(page)["meeting_on_time"]
    assert text(one(card, ".travel")) == (
        "No real change: the latest month is as chance would have it. By its limits, it will hit and miss the target. "
        "Mean 83.5%, limits 39.1% to 100.0% (cut at 100%)."
    )
    picture = one(card, "svg.trend")
    assert "Mean 83.5%, limits of chance 39.1% and 100.0%, 1 month beyond chance." in text(one(picture, "title"))
    colours = [mark.get("fill") for mark in select(picture, "path[fill]")]
    assert (colours.count(CONCERN), colours.count(IMPROVEMENT)) == (1, 0)
    assert text(one(card, ".key")).endswith("mean limits of chance worse than chance")


def test_the_months_told_as_an_improvement_are_marked_as_one(page: lxml.html.HtmlElement) -> None:
    card = cards(page)["csa_training"]
    assert text(one(card, ".travel")).startswith("Improving: the latest month is above the upper limit of chance.")
    assert IMPROVEMENT in {mark.get("fill") for mark in select(one(card, "svg.trend"), "path[fill]")}


def test_every_picture_has_a_title_and_letters_in_a_font_that_servers_have(page: lxml.html.HtmlElement) -> None:
    pictures = select(page, "svg.trend")
    assert len(pictures) == 9
    for picture in pictures:
        assert picture.get("role") == "img"
        assert text(one(picture, "title")).startswith("By month, November 2024 to October 2026.")
        fonts = {letter.get("font-family") for letter in select(picture, "text")}
        assert fonts == {"Arial, Liberation Sans, sans-serif"}


def test_every_recommendation_is_there_and_one_without_a_figure_says_so(page: lxml.html.HtmlElement) -> None:
    lines = select(page, "table.recommendations tbody tr")
    assert [text(one(line, "th")) for line in lines] == list(RECOMMENDATIONS)
    (silent,) = [line for line in lines if "No figure yet" in text(line)]
    assert text(one(silent, "th")) == "R7"
    (genograms,) = [line for line in lines if text(one(line, "th")) == "R3"]
    assert "Amber: nearly met" in text(genograms)
    assert one(genograms, "a").get("href") == "#genogram_effective"


def test_every_finding_is_there_and_the_figures_that_answer_it_say_on_whose_word(page: lxml.html.HtmlElement) -> None:
    lines = {text(one(line, "th")): line for line in select(page, "table.findings tbody tr")}
    assert list(lines) == [words.sentence(says) for code, says in AUDIT_REASONS.items() if code != "other"]
    thorough = lines["Assessment not thorough"]
    assert "#genogram_effective" in [link.get("href") for link in select(thorough, "a")]
    assert "Word of Children's Social Care." in text(thorough)


def test_published_figures_stand_beside_and_a_hidden_one_is_its_mark(page: lxml.html.HtmlElement) -> None:
    years, assessments, bands = select(page, "table.published")
    assert [text(head) for head in select(years, "thead th")] == ["Year", "England", "London", "Sutton"]
    latest = select(years, "tbody tr")[0]
    assert [text(cell) for cell in select(latest, "td")] == [
        "79.7% (57,580 of 72,250)",
        "76.9% (9,350 of 12,160)",
        "95.6% (285 of 298)",
    ]
    assert text(one(assessments, "caption")) == "Assessments completed within 45 working days"
    assert [text(cell) for cell in select(assessments, "tbody td")] == ["–", "–", "x"]
    hidden = [text(select(line, "td")[-1]) for line in select(bands, "tbody tr")]
    assert hidden == ["16.1% (48 of 298)", "79.5% (237 of 298)", "c", "c"]
    assert "c: hidden to protect children" in text(page)


def test_the_audit_of_twelve_returns_reads_as_it_was_found(page: lxml.html.HtmlElement) -> None:
    lines = {
        line.get("data-category"): (text(one(line, ".pc")), text(one(line, ".xn")))
        for line in select(cards(page)["audit_rating"], "tr[data-category]")
    }
    assert lines["good_or_outstanding"] == ("50.0%", "6 of 12")
    assert lines["requires_improvement"] == ("41.7%", "5 of 12")
    assert lines["inadequate"] == ("8.3%", "1 of 12")
    assert lines["reason:lack_of_multi_agency_working"] == ("33.3%", "4 of 12")


def test_data_quality_counts_every_row_and_names_who_owes_what(page: lxml.html.HtmlElement) -> None:
    panel = one(page, "section.apart")
    lines = {line.get("data-agency"): line for line in select(panel, "tr[data-agency]")}
    cells = [text(cell) for cell in select(lines["csc"], "td")]
    assert cells == ["2", "2,150", "2,080", "30", "20", "20", "0.9%"]
    total = [text(cell) for cell in select(panel, "tfoot td")]
    assert total == ["5 (1 refused)", "4,498", "4,371", "30", "77", "20", "1.7%"]
    owed = [[text(cell) for cell in line] for line in select(panel, "table.owed tbody tr")]
    assert owed == [
        ["Child and adolescent mental health services", "health_camhs_esr", "2026-09 (nothing ever came)",
         "22 October 2026", "reminder"],
        ["Metropolitan Police", "police_niche", "2026-08, 2026-09", "22 September 2026", "board"],
    ]  # fmt: skip
    assert "2 of the 6 returns agreed on are overdue." in text(panel)
    assert [text(li) for li in select(panel, ".held-here li")] == ["Children's Social Care, csc_learning: 2026-27 Q2"]
    assert [text(line).partition(", ")[2] for line in select(panel, ".let-be li")] == [
        "police_niche: excused for 2026-07",
        "edu_school_cpoms: excused for 2026-09",
        "vcs_lamplight: 2026-09, let be until 31 December 2026",
    ]
    assert "A. Manager" not in text(panel)  # nor who decided, nor why
    assert "Every row is accounted for" in text(panel)


def test_the_top_of_the_page_says_who_it_is_for_and_that_it_is_made_up(page: lxml.html.HtmlElement) -> None:
    assert text(one(page, ".restricted")).startswith("For the partnership only: contains small numbers.")
    assert text(one(page, ".synthetic")).startswith("Synthetic data.")
    assert text(one(page, ".headline")) == (
        "Of 12 assurances, 2 meet their target or are within tolerance of it, 7 do not (4 red, 3 amber), "
        "1 cannot be given because an agency sent nothing, 1 had no cases, and 1 has no target."
    )


def test_a_real_page_has_no_synthetic_banner(
    measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    path = write_board_report(
        measures, deliveries, benchmarks, tmp_path,
        title="T", as_of=date(2026, 10, 31), generated_at=datetime(2026, 11, 1), synthetic=False,
    )  # fmt: skip
    assert "Synthetic" not in path.read_text(encoding="utf-8")


def test_headings_and_tables_are_in_order_for_those_who_hear_the_page(page: lxml.html.HtmlElement) -> None:
    assert page.get("lang") == "en-GB"
    levels = [int(heading.tag[1]) for heading in select(page, "h1, h2, h3, h4, h5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in select(page, "table"):
        assert text(one(table, "caption"))
        assert all(head.get("scope") in ("col", "row") for head in select(table, "th"))


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"


@pytest.mark.parametrize(
    "column", ["metric", "question", "recommendations", "unit", "view", "category", "agency_code", "target_source"]
)
def test_a_hostile_cell_of_the_measures_never_becomes_markup(
    column: str, measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    few = measures[measures.metric.isin(["health_present", "genogram_effective"])].copy()
    few[column] = HOSTILE
    _stays_words(few, deliveries, benchmarks, tmp_path)


@pytest.mark.parametrize("column", ["agency_code", "feed", "file_name", "state"])
def test_a_hostile_cell_of_the_deliveries_never_becomes_markup(
    column: str, measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    _stays_words(measures.head(0), deliveries.assign(**{column: HOSTILE}), benchmarks, tmp_path)


@pytest.mark.parametrize("column", ["area_name", "numerator_mark"])
def test_a_hostile_cell_of_the_benchmarks_never_becomes_markup(
    column: str, measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    _stays_words(measures.head(0), deliveries, benchmarks.assign(**{column: HOSTILE}), tmp_path)


def _stays_words(measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, folder: Path) -> None:
    path = write_board_report(
        measures, deliveries, benchmarks, folder,
        title=HOSTILE, as_of=date(2026, 10, 31), generated_at=datetime(2026, 11, 1), synthetic=True,
    )  # fmt: skip
    source = path.read_text(encoding="utf-8")
    page = lxml.html.document_fromstring(source)
    assert not select(page, "script, img, [onerror]")
    assert ">49<" not in source
    assert HOSTILE in text(one(page, "h1"))


def test_a_page_without_any_figure_says_so(
    measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    path = write_board_report(
        measures.head(0), deliveries.head(0), benchmarks.head(0), tmp_path / "new" / "folder",
        title="T", as_of=date(2026, 10, 31), generated_at=datetime(2026, 11, 1), synthetic=False,
    )  # fmt: skip
    page = lxml.html.parse(str(path)).getroot()
    assert text(one(page, ".headline")) == "No assurance can be given yet: no figure has been worked out."
    assert text(page).count("No figure yet") == len(RECOMMENDATIONS) + len(AUDIT_REASONS) - 1
    assert "No return has been agreed on yet." in text(page)
    assert "No published figures have been loaded." in text(page)


def test_the_same_figures_make_the_same_page(
    board: Path, measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    again = write_board_report(
        measures, deliveries, benchmarks, tmp_path,
        title="Sutton Local Safeguarding Children Partnership", as_of=date(2026, 10, 31),
        generated_at=datetime(2026, 11, 2, 2, 41), synthetic=True, owed=OWED,
    )  # fmt: skip
    assert again.read_bytes() == board.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["board.html"]


def test_a_frame_without_a_column_of_the_contract_is_refused_by_name(
    measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="the measures lack low, high"):
        write_board_report(
            measures.drop(columns=["low", "high"]), deliveries, benchmarks, tmp_path,
            title="T", as_of=date(2026, 10, 31), generated_at=datetime(2026, 11, 1), synthetic=False,
        )  # fmt: skip


def test_the_columns_are_those_of_the_warehouse() -> None:
    from warehouse.tables import MEASURES

    proof = {"rows_counted", "rows_hash"}  # for `quorate explain`: nothing to read in a report
    assert tuple(column.name for column in MEASURES.columns if column.name not in proof) == COLUMNS
