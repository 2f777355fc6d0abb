"""Published figures of other areas, to compare with."""

import pandas as pd

from schemas.row_rules import rule
from schemas.table import Count, Table, Text, code, count, label, ref


class PublishedBenchmarks(Table, key=("measure_code", "year", "area_code")):
    """One row is one published figure of one area in one year; a hidden figure is a mark and never a number."""

    measure_code: Text = code("statistics", "what is measured", required=True)
    year: Count = count("the year ending 31 March", required=True)
    area_level_code: Text = code("area_levels", "country, region or local authority", required=True)
    area_code: Text = ref("the area's statistical code", required=True, privacy="none")
    area_name: Text = label("the area's name", required=True)
    numerator: Count = count("numerator; empty where any part is hidden")
    denominator: Count = count("denominator; empty where hidden")
    numerator_mark: Text = code("statistics_marks", "why the numerator is empty")
    denominator_mark: Text = code("statistics_marks", "why the denominator is empty")

    @rule("figure_and_mark", "error", "A figure is either a number or a mark, not both and not neither.")
    def is_a_number_or_a_mark(cls, frame: pd.DataFrame) -> pd.Series:  # noqa: N805 - pandera passes the class
        return frame["numerator"].notna() != frame["numerator_mark"].notna()
