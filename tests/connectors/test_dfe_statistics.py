"""Published statistics: wide made long, and a hidden figure is a mark and never a nought."""

import pytest

from connectors.reading import Unreadable
from connectors.systems.dfe_statistics import SECTION_47, Figure, unpivot
from tests.drawn import as_in_file

WIDE = """
    | time_period | geographic_level | country_code | country_name | region_code | region_name  | new_la_code | la_name | ICPC  | Duration_0-10_days | Duration_11-15_days |
    | 2024        | National         | E92000001    | England      |             |              |             |         | 72250 | 6800               | 50780               |
    | 2024        | Regional         | E92000001    | England      | E12000007   | London       |             |         | 11190 | 1370               | 7240                |
    | 2024        | Local authority  | E92000001    | England      | E13000002   | Outer London | E09000029   | Sutton  | 298   | 48                 | 237                 |
    | 2023        | Local authority  | E92000001    | England      | E13000002   | Outer London | E09000029   | Sutton  | 298   | c                  | 237                 |
    | 2022        | Local authority  | E92000001    | England      | E13000002   | Outer London | E09000029   | Sutton  | x     | c                  | z                   |
    | 2021        | Local authority  | E92000001    | England      | E13000002   | Outer London | E09000029   | Sutton  | 298   | about 40           | 237                 |
    | 2020        | Local authority  | E92000001    | England      | E13000002   | Outer London | E09000029   | Sutton  | 298   | :                  | 237                 |
"""  # noqa: E501 - a drawn table
WITHIN = {"icpc_within_15_working_days": SECTION_47["icpc_within_15_working_days"]}


def figures() -> list[tuple[str, ...]]:
    long = unpivot(as_in_file(WIDE), WITHIN)
    names = ("year", "area_code", "numerator", "denominator", "numerator_mark", "denominator_mark")
    return [tuple(row[name] for name in names) for row in long.to_pylist()]


def test_bands_within_fifteen_days_are_added_up_and_each_row_has_the_code_of_its_own_level() -> None:
    assert figures()[:3] == [
        ("2024", "E92000001", "57580", "72250", "", ""),
        ("2024", "E12000007", "8610", "11190", "", ""),
        ("2024", "E09000029", "285", "298", "", ""),
    ]


def test_a_sum_with_a_hidden_part_is_hidden_and_not_a_number() -> None:
    assert figures()[3] == ("2023", "E09000029", "", "298", "c", "")


def test_a_marked_denominator_keeps_its_mark() -> None:
    assert figures()[4] == ("2022", "E09000029", "", "", "c", "x")


def test_what_is_neither_number_nor_mark_is_passed_on_to_be_refused() -> None:
    assert figures()[5] == ("2021", "E09000029", "about 40", "298", "", "")


def test_the_colon_of_older_releases_is_a_mark_too() -> None:
    assert figures()[6] == ("2020", "E09000029", "", "298", ":", "")


def test_figures_of_one_area_share_its_source_row() -> None:
    two = {"all": Figure(("ICPC",)), "early": Figure(("Duration_0-10_days",), "ICPC")}
    assert unpivot(as_in_file(WIDE), two)["source_row"].to_pylist() == [2, 3, 4, 5, 6, 7, 8] * 2


def test_a_file_without_the_columns_says_which_are_missing() -> None:
    with pytest.raises(Unreadable, match="Duration_21"):
        unpivot(as_in_file(WIDE), SECTION_47)
