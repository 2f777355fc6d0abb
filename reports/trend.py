"""A metric's 24 months as a small picture: SVG drawn here, so that the page needs no script.

A month that is not assured is a grey band and a gap, never a zero; a month without cases is a gap; a month
of fewer than ten cases is an open dot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from lxml import etree

from reports import words
from reports.figures import Figure, month_start

WIDTH: Final = 440
HEIGHT: Final = 190
"""Pixels. Narrow, so that the letters stay readable when a telephone shrinks the picture."""

FONT: Final = "Arial, Liberation Sans, sans-serif"
"""Liberation Sans must be in the list: where the server has no Arial, text would vanish otherwise."""

INK: Final = "#0b0c0c"
LINE: Final = "#1d70b8"
TARGET: Final = "#942514"
BAND: Final = "#dcdfe1"
QUIET: Final = "#505a5f"
FAINT: Final = "#d5d9db"

HALF_A_MONTH: Final = 15
"""Days before a month's point that its band begins."""

_SHORT_DECIMALS: Final = re.compile(r"(\d+\.\d)\d+")


def _instant(at: date, days: int = 0) -> int:
    """Milliseconds since 1970 in universal time: the picture must not depend on the server's time zone."""
    return (at.toordinal() + days - date(1970, 1, 1).toordinal()) * 86_400_000


def _labelled(first: date, last: date) -> list[date]:
    """The months with their name under them: every half year, and the last."""
    half_years = [month_start(last, back) for back in range(0, 24, 6)]
    return sorted({first, *(at for at in half_years if at > month_start(first, -3))})


def _axes(first: date, last: date) -> tuple[Any, Any]:
    """Months across, percentages from 0 to 100 up."""
    import altair as alt  # noqa: PLC0415 - as below

    x = alt.X(
        "at:T",
        title=None,
        scale=alt.Scale(type="utc", domain=[_instant(first, -HALF_A_MONTH), _instant(last, HALF_A_MONTH)]),
        axis=alt.Axis(
            format="%b %Y", values=[_instant(at) for at in _labelled(first, last)], grid=False, labelFlush=True
        ),
    )
    y = alt.Y(
        "percentage:Q",
        title=None,
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], labelExpr="datum.value + '%'"),
    )
    return x, y


@cache
def _specification(first: date, last: date) -> dict[str, Any]:
    """The picture from one month to another without its data: made once, for building costs half as much as drawing.

    altair is imported here: it takes a second, and only a report needs it.
    """
    import altair as alt  # noqa: PLC0415 - see above

    x, y = _axes(first, last)
    plain: dict[str, Any] = {"aria": False}
    missing = alt.Chart(alt.NamedData("missing")).mark_rect(color=BAND, **plain).encode(x=x, x2="until:T")
    target = (
        alt.Chart(alt.NamedData("target"))
        .mark_rule(color=TARGET, strokeDash=[6, 4], strokeWidth=1.5, **plain)
        .encode(y=y)
    )
    rolling = alt.Chart(alt.NamedData("rolling")).mark_line(color=LINE, strokeWidth=3, **plain).encode(x=x, y=y)
    low_base = alt.Color("low_base:N", scale=alt.Scale(domain=[False, True], range=[INK, "white"]), legend=None)
    months = (
        alt.Chart(alt.NamedData("months"))
        .mark_circle(size=42, opacity=1, stroke=INK, strokeWidth=1.4, **plain)
        .encode(x=x, y=y, color=low_base)
    )
    chart = (
        alt.layer(missing, target, rolling, months)
        .properties(width=WIDTH - 54, height=HEIGHT - 34, padding={"left": 4, "right": 14, "top": 8, "bottom": 4})
        .configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=14, labelColor=QUIET, gridColor=FAINT, domainColor=QUIET, tickColor=QUIET, aria=False
        )
    )
    specification: dict[str, Any] = chart.to_dict()
    return specification


def _data(
    months: Sequence[date], monthly: Mapping[date, Figure], rolling: Mapping[date, Figure]
) -> dict[str, list[dict[str, Any]]]:
    """The data of one picture. A month stands at its first day; its band reaches to where the next one begins."""

    def point(at: date, found: Mapping[date, Figure]) -> dict[str, Any]:
        figure = found.get(at)
        value = figure.percentage if figure is not None and figure.has_figure else None
        return {"at": _instant(at), "percentage": value, "low_base": figure is not None and figure.is_low_base}

    targets = {figure.target for figure in (*monthly.values(), *rolling.values()) if figure.target is not None}
    return {
        "months": [given for at in months if (given := point(at, monthly))["percentage"] is not None],
        "rolling": [point(at, rolling) for at in months],
        "missing": [
            {"at": _instant(at, -HALF_A_MONTH), "until": _instant(month_start(at, -1), -HALF_A_MONTH)}
            for at in months
            if at in monthly and monthly[at].assurance == "not_assured"
        ],
        "target": [{"percentage": target} for target in sorted(targets)[-1:]],
    }


def describe(months: Sequence[date], monthly: Mapping[date, Figure]) -> str:
    """The picture in words, for those who hear the page."""
    known = [(at, monthly[at]) for at in months if at in monthly and monthly[at].has_figure]
    missing = sum(monthly[at].assurance == "not_assured" for at in months if at in monthly)
    if not known:
        return "No month has a figure."

    def told(which: str, at: date, figure: Figure) -> str:
        return f"{which} {words.percent(figure.percentage)} in {words.month(at)}"

    lowest = min(known, key=lambda pair: pair[1].percentage or 0.0)
    highest = max(known, key=lambda pair: pair[1].percentage or 0.0)
    parts = [told("Lowest", *lowest), told("highest", *highest), told("latest", *known[-1])]
    said = f"By month, {words.month(months[0])} to {words.month(months[-1])}. {', '.join(parts)}."
    return f"{said} Not assured in {missing} of {len(months)} months." if missing else said


def draw(
    name: str, months: Sequence[date], monthly: Mapping[date, Figure], rolling: Mapping[date, Figure]
) -> str | None:
    """Draw a metric's trend as one ``<svg>`` element for a page; None where fewer than two months have a figure.

    Args:
        name: makes the element's id, so that several pictures share a page.
        months: first days of the months shown, oldest first.
        monthly: first day of the month → the month's figure.
        rolling: first day of the last month → the figure of the 12 months that end with it.
    """
    if sum(figure.has_figure for figure in monthly.values()) < 2:
        return None
    import vl_convert  # noqa: PLC0415 - 30 ms and 60 MB that only a report needs

    specification = _specification(months[0], months[-1]) | {"datasets": _data(months, monthly, rolling)}
    return _as_part_of_a_page(vl_convert.vegalite_to_svg(specification), name, describe(months, monthly))


def _as_part_of_a_page(drawn: str, name: str, says: str) -> str:
    """Give the picture a title and one role, drop its fixed size and needless decimals."""
    svg = etree.fromstring(drawn.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    for group in svg.iter():
        for attribute in [key for key in group.attrib if key.startswith("aria-") or key in ("role", "class", "id")]:
            del group.attrib[attribute]
    size = svg.get("viewBox")
    svg.attrib.clear()
    svg.attrib.update({"class": "trend", "viewBox": size, "role": "img", "aria-labelledby": f"trend-{name}"})
    title = etree.Element("{http://www.w3.org/2000/svg}title", {"id": f"trend-{name}"})
    title.text = says
    svg.insert(0, title)
    text = etree.tostring(svg, encoding="unicode")
    text = re.sub(r' xmlns(:xlink)?="[^"]*"', "", text)  # HTML knows the namespace of svg by itself
    return _SHORT_DECIMALS.sub(r"\1", text)
