"""A metric's 24 months as a small picture: SVG drawn here, so that the page needs no script.

A month that is not assured is a grey band and a gap, never a zero; a month without cases is a gap; a month
of fewer than ten cases is an open dot. Where there are enough months, their mean and the limits of chance are drawn,
and a month that is more than chance is a triangle, up or down, in the colour of improvement or concern:
blue and orange, as *Making Data Count* has them, and never the red and green of a status.
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
from warehouse.trend import Chart, Observation, draw_chart

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
IMPROVEMENT: Final = "#005ea5"
CONCERN: Final = "#b84a00"

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
        alt.layer(missing, *_control_lines(x, y), target, rolling, months, _marks(x, y))
        .properties(width=WIDTH - 54, height=HEIGHT - 34, padding={"left": 4, "right": 14, "top": 8, "bottom": 4})
        .configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .resolve_scale(color="independent", shape="independent")
        .configure_axis(
            labelFontSize=14, labelColor=QUIET, gridColor=FAINT, domainColor=QUIET, tickColor=QUIET, aria=False
        )
    )
    specification: dict[str, Any] = chart.to_dict()
    return specification


def _control_lines(x: Any, y: Any) -> tuple[Any, ...]:
    """Mean and limits; a new baseline begins a new line."""
    import altair as alt  # noqa: PLC0415 - as above

    plain: dict[str, Any] = {"aria": False, "color": QUIET, "strokeWidth": 1}
    mean, limits = (alt.Chart(alt.NamedData(name)).encode(x=x, y=y, detail="line:N") for name in ("means", "limits"))
    return (mean.mark_line(**plain), limits.mark_line(strokeDash=[2, 3], **plain))


def _marks(x: Any, y: Any) -> Any:
    """The months that are more than chance, over the dots."""
    import altair as alt  # noqa: PLC0415 - as above

    colour = alt.Scale(domain=["improvement", "concern"], range=[IMPROVEMENT, CONCERN])
    shape = alt.Scale(domain=[True, False], range=["triangle-up", "triangle-down"])
    return (
        alt.Chart(alt.NamedData("marks"))
        .mark_point(size=170, opacity=1, filled=True, stroke="white", strokeWidth=1, aria=False)
        .encode(
            x=x,
            y=y,
            color=alt.Color("meaning:N", scale=colour, legend=None),
            shape=alt.Shape("is_high:N", scale=shape, legend=None),
        )
    )


def chart_of(months: Sequence[date], monthly: Mapping[date, Figure], declared: Figure) -> Chart:
    """The XmR chart of the months shown, from the first that has a row; a month without a row is not known."""
    first = min(monthly, default=None)

    def observed(at: date) -> Observation:
        figure = monthly.get(at)
        is_known = figure is not None and (figure.has_figure or figure.assurance == "no_cases")
        return (
            Observation(at, figure.numerator, figure.denominator)
            if is_known and figure is not None
            else Observation(at, None, None)
        )

    shown = [observed(at) for at in months if first is not None and at >= first]
    return draw_chart(shown, direction=declared.direction, target=declared.target)


def _data(
    months: Sequence[date], monthly: Mapping[date, Figure], rolling: Mapping[date, Figure], chart: Chart
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
        "means": _control(chart, "mean"),
        "limits": _control(chart, "lower", "upper"),
        "marks": [
            {
                "at": _instant(one.starts_on),
                "percentage": float(one.value),
                "meaning": one.meaning,
                "is_high": one.is_high,
            }
            for one in chart.points
            if one.value is not None and one.signals
        ],
    }


def _control(chart: Chart, *lines: str) -> list[dict[str, Any]]:
    """Mean or limits month by month; the line of one baseline has a name of its own."""
    return [
        {"at": _instant(point.starts_on), "percentage": float(getattr(point, line)), "line": f"{line} {point.mean}"}
        for line in lines
        for point in chart.points
        if point.mean is not None
    ]


def describe(months: Sequence[date], monthly: Mapping[date, Figure], chart: Chart) -> str:
    """The picture in words, for those who hear the page."""
    known = [(at, monthly[at]) for at in months if at in monthly and monthly[at].has_figure]
    missing = sum(monthly[at].assurance == "not_assured" for at in months if at in monthly)
    if not known:
        return "No month has a figure by itself; the line is that of the 12 months to each month."

    def told(which: str, at: date, figure: Figure) -> str:
        return f"{which} {words.percent(figure.percentage)} in {words.month(at)}"

    lowest = min(known, key=lambda pair: pair[1].percentage or 0.0)
    highest = max(known, key=lambda pair: pair[1].percentage or 0.0)
    parts = [told("Lowest", *lowest), told("highest", *highest), told("latest", *known[-1])]
    said = f"By month, {words.month(months[0])} to {words.month(months[-1])}. {', '.join(parts)}."
    last = chart.points[-1]
    if last.mean is not None and last.lower is not None and last.upper is not None:
        ends = f"{words.percent(float(last.lower))} and {words.percent(float(last.upper))}"
        marked = sum(bool(point.signals) for point in chart.points)
        of_them = "month" if marked == 1 else "months"
        said += f" Mean {words.percent(float(last.mean))}, limits of chance {ends}, {marked} {of_them} beyond chance."
    return f"{said} Not assured in {missing} of {len(months)} months." if missing else said


def draw(
    name: str, months: Sequence[date], monthly: Mapping[date, Figure], rolling: Mapping[date, Figure], chart: Chart
) -> str | None:
    """Draw a metric's trend as one ``<svg>`` element for a page; None where fewer than two points have a figure.

    Args:
        name: makes the element's id, so that several pictures share a page.
        months: first days of the months shown, oldest first.
        monthly: first day of the month → the month's figure.
        rolling: first day of the last month → the figure of the 12 months that end with it.
        chart: of the months, see `chart_of`.
    """
    if all(sum(figure.has_figure for figure in found.values()) < 2 for found in (monthly, rolling)):
        return None
    import vl_convert  # noqa: PLC0415 - 30 ms and 60 MB that only a report needs

    specification = _specification(months[0], months[-1]) | {"datasets": _data(months, monthly, rolling, chart)}
    return _as_part_of_a_page(vl_convert.vegalite_to_svg(specification), name, describe(months, monthly, chart))


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
