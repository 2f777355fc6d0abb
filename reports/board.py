"""The board report: one page of HTML that needs nothing else, with the figures worst first.

It comes in two editions: the published one, in which small numbers are hidden (`reports.concealing` did that before),
and the restricted one, for the partnership only.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import words
from reports.benchmarks import SOURCE, Neighbours, read_benchmarks
from reports.cards import Card, cards, recommendation_codes
from reports.figures import read_figures
from reports.files import write_in_one_step
from reports.quality import judge_quality
from reports.restated import Restated, read_restatements
from schemas.codes import AUDIT_REASONS, RECOMMENDATIONS
from warehouse.categories import category
from warehouse.metric import all_metrics
from warehouse.owing import Owed

FILE_NAME: Final = "board.html"


@dataclass(frozen=True)
class Evidence:
    """A recommendation and the metrics that evidence it; none is said plainly."""

    code: str
    says: str
    cards: tuple[Card, ...]


def write_board_report(
    measures: pd.DataFrame,
    deliveries: pd.DataFrame,
    benchmarks: pd.DataFrame,
    folder: Path,
    *,
    title: str,
    as_of: date,
    generated_at: datetime,
    synthetic: bool,
    owed: Collection[Owed] = (),
    is_restricted: bool = True,
    restated: Sequence[Restated] = (),
    neighbours: Neighbours | None = None,
) -> Path:
    """Write the page into a folder and return its path; a page that is there already is replaced in one step.

    Args:
        measures: ``reporting.measures``. Figures of periods that end after ``as_of`` are left out.
        deliveries: the deliveries listing of the ledger.
        benchmarks: published figures, with the columns of `schemas.tables.published_benchmarks` it needs.
        folder: made if it is not there.
        title: of the page, such as the partnership's name.
        as_of: the day the report speaks for.
        generated_at: when it was made, local time.
        synthetic: says on the page that nothing in it is real.
        owed: who owes what; see `reports.quality.judge_quality`.
        is_restricted: the measures hold small numbers, and the page says so; False: it says what is hidden.
        restated: figures that were published and later said otherwise, newest first; as the measures, concealed or not.
        neighbours: the area's statistical neighbours, where somebody has named them.

    Raises:
        ValueError: a column of the measures is missing.
    """
    figures = read_figures(measures, as_of=as_of)
    worst_first = cards(figures)
    template = _environment().get_template("board.html.j2")
    page = template.render(
        title=title,
        as_of=as_of,
        generated_at=generated_at,
        synthetic=synthetic,
        ends_on=figures.ends_on,
        headline=words.headline([card.figure for card in worst_first]),
        summary=_summary(worst_first),
        cards=worst_first,
        evidence=_evidence(worst_first),
        findings=_findings(worst_first),
        benchmarks=read_benchmarks(benchmarks, neighbours),
        published_by=SOURCE,
        restatements=read_restatements(restated),
        anchors={card.metric: card.anchor for card in worst_first},
        quality=judge_quality(deliveries, owed=owed),
        is_restricted=is_restricted,
        **_style(is_restricted=is_restricted),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    write_in_one_step(path, page)
    return path


def _environment() -> Environment:
    """Templates with every value escaped; a name that is not there is an error and not a blank."""
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken: dict[str, Any] = {
        name: getattr(words, name)
        for name in (
            "agency", "count", "coverage", "day", "moment", "month", "percent", "period", "points",
            "sentence", "standing", "target", "units", "when", "x_of_n",
        )
    }  # fmt: skip
    environment.filters.update(spoken)
    environment.filters["category"] = category
    environment.filters["on_whose_word"] = _on_whose_word
    environment.filters["question"] = _question
    # The picture was drawn and titled by reports.trend, which escapes its text: the only markup from outside.
    environment.filters["drawn"] = Markup
    environment.filters["percent_of"] = lambda share: words.percent(None if share is None else float(share))
    return environment


def _style(*, is_restricted: bool) -> dict[str, str]:
    """The style sheet and its hash: the page's own policy lets in this sheet and nothing else."""
    sheet = Environment(loader=PackageLoader("reports"), autoescape=False).get_template("board.css")  # noqa: S701 - style, not markup
    css = sheet.render(is_restricted=is_restricted)
    css = f"\n{css}\n"
    return {"css": Markup(css), "css_hash": b64encode(sha256(css.encode()).digest()).decode()}  # noqa: S704 - our own file


def _summary(worst_first: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """What the partnership can, and cannot, be assured of: the cards under each heading; empty ones left out."""
    headings = (
        ("Can be assured of", {"green"}),
        ("Cannot be assured of: the standard is not met", {"red", "amber"}),
        ("Cannot be assured of: the figure is missing", {"not_assured"}),
        ("Cannot be judged yet: too few cases, or no target", {"grey", "none"}),
    )
    found = [(heading, [card for card in worst_first if card.standing.name in names]) for heading, names in headings]
    return [(heading, held) for heading, held in found if held]


def _evidence(worst_first: Sequence[Card]) -> list[Evidence]:
    """Every recommendation, with the metrics that evidence it, worst first."""
    return [
        Evidence(
            code,
            words.sentence(says),
            tuple(card for card in worst_first if code in recommendation_codes(card.declared.recommendations)),
        )
        for code, says in RECOMMENDATIONS.items()
    ]


def _findings(worst_first: Sequence[Card]) -> list[Evidence]:
    """What the audits found wrong, with the metrics that answer it, worst first."""
    answers = {name: metric.findings for name, metric in all_metrics().items()}
    return [
        Evidence(
            code, words.sentence(says), tuple(card for card in worst_first if code in answers.get(card.metric, ()))
        )
        for code, says in AUDIT_REASONS.items()
        if code != "other"
    ]


def _question(name: str) -> str:
    """What a metric asks; of one that we do not know any more, its name."""
    metric = all_metrics().get(name)
    return name if metric is None else metric.question


def _on_whose_word(name: str) -> str:
    """The agencies whose word a metric rests on; empty for a metric that we do not know."""
    metric = all_metrics().get(name)
    if metric is None:
        return ""
    named = dict.fromkeys(words.agency(code) for code, _ in metric.returns if code != "*")
    everybody = ["every agency that returns it"] if any(code == "*" for code, _ in metric.returns) else []
    other = ["the other agency"] if "confirmed" in metric.numerators and not everybody else []
    return words.listed([*named, *everybody, *other])
