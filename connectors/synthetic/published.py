"""Writes statistics in the shape in which the Department for Education publishes them.

The region and the borough are made up, and so are their figures. England's row carries the published counts
that the project's own check rests on (conferences within 15 working days in 2024: 6,800 and 50,780 of 72,250;
*Characteristics of children in need*, Open Government Licence v3.0); its other cells are marked ``x``, not available.
"""

from pathlib import Path
from typing import Final

from connectors.synthetic.files import delimited, write

REGION: Final = "E12999999"
BOROUGH: Final = "E09999999"
REGION_NAME: Final = "Made-up region"
BOROUGH_NAME: Final = "Made-up borough"
NEIGHBOURS: Final = {
    f"E0999999{number}": f"Made-up {name}"
    for number, name in enumerate(("town", "county", "city", "district"), start=1)
}
"""Statistical neighbours of the made-up borough, as made up as it is: code → name."""

SECTION_47: Final = """\
year area Section47 Section47_rate Section47_child Section47_child_rate ICPC ICPC_rate ICPC_child ICPC_child_rate \
Duration_0-10_days Duration_11-15_days Duration_16-20_days Duration_21+_days Duration_25th_Percentile \
Duration_median Duration_75th_Percentile
2024 England x x x x 72250 x x x 6800 50780 x x x x x
2024 Region 30100 190.2 26400 166.8 9200 58.1 9050 57.2 1100 5900 900 1300 12 14 16
2024 Borough 810 160.1 700 138.3 260 51.4 255 50.4 40 205 c c 12 13 15
2023 Region 29500 187.0 25800 163.5 9300 58.9 9160 58.1 1200 5700 950 1450 12 14 16
2023 Borough 760 151.0 660 131.1 270 53.6 266 52.8 70 140 25 35 10 13 16
2022 Region 29000 184.1 25500 161.9 9450 60.0 9320 59.2 1300 5800 900 1450 12 14 16
2022 Borough 700 139.5 640 127.6 300 59.8 294 58.6 55 200 20 25 12 13 15
"""

ASSESSMENTS: Final = """\
year area Assessments_completed Assessments_completed_rate Same_day 1-10_days 11-20_days 21-30_days 31-40_days \
41-45_days 46-50_days 51-60_days 61+_days 25th_Percentile_days Median_days 75th_Percentile_days
2024 Region 90100 569.3 900 6100 11200 17000 24000 20100 4600 3200 3000 22 34 43
2024 Borough 1500 296.4 c 40 115 150 430 550 135 70 c 32 40 45
2023 Region 92000 583.0 1500 7000 12900 18600 23000 17000 4500 3500 4000 22 33 43
2023 Borough 1400 278.1 c c 95 145 430 380 120 90 110 32 39 45
2022 Region 93000 590.5 1000 7500 12700 18900 23500 17400 4600 3500 3900 21 32 42
2022 Borough 1510 300.9 c 30 170 305 460 345 90 65 40 26 35 44
"""

SECTION_47_OF_NEIGHBOURS: Final = """\
2024 town x x x x 310 x x x 25 190 40 55 x x x
2024 county x x x x 1240 x x x 130 905 95 110 x x x
2024 city x x x x 480 x x x c 402 41 c x x x
2024 district x x x x 205 x x x 38 141 14 12 x x x
2023 town x x x x 295 x x x 30 171 44 50 x x x
2023 county x x x x 1265 x x x 118 921 108 118 x x x
2023 city x x x x 462 x x x 21 360 45 36 x x x
"""
ASSESSMENTS_OF_NEIGHBOURS: Final = """\
2024 town 2210 x 41 120 260 390 610 470 119 110 90 x x x
2024 county 9120 x 150 800 1530 1900 2410 1650 280 220 180 x x x
2024 city 3300 x : : : : : : : : : x x x
2024 district 1480 x 18 95 180 260 400 330 77 70 50 x x x
"""

FACTORS: Final = """\
year area Episodes_with_assessment_factor Neglect Emotional_Abuse Physical_Abuse_child_on_child \
Physical_Abuse_adult_on_child Sexual_Abuse_unknown Sexual_Abuse_child_on_child Sexual_Abuse_adult_on_child
2024 Region 75000 9200 12500 2300 8100 35 1500 1450
2024 Borough 1400 195 510 45 380 0 32 42
2023 Region 77000 9500 13000 2900 7900 120 1520 1660
2023 Borough 1310 210 460 30 300 0 28 50
2022 Region 78000 9600 13200 2350 6100 600 1210 1460
2022 Borough 1350 140 415 22 260 0 25 35
"""


def write_published(folder: Path) -> None:
    """Write three files, each in the landing folder of its own feed."""
    for feed, name, table, category in (
        ("dfe_section_47", "c4_section_47s_and_icpcs_2022_to_2024", SECTION_47 + SECTION_47_OF_NEIGHBOURS,
         "Section 47s and ICPCs"),
        ("dfe_assessments", "c2_assessments_duration_2022_to_2024", ASSESSMENTS + ASSESSMENTS_OF_NEIGHBOURS,
         "Duration of assessment"),
        ("dfe_factors", "c3_factors_identified_2022_to_2024", FACTORS, "Factors identified at the end of assessment"),
    ):  # fmt: skip
        write(folder / feed / f"{name}.csv", excerpt(table, category), "utf-8-sig")


def excerpt(table: str, category: str) -> str:
    """A table of this module as the Department's CSV."""
    rows = _rows(table, category)
    return delimited(rows, list(rows[0]))


def _rows(table: str, category: str) -> list[dict[str, str]]:
    names, *lines = (line.split() for line in table.splitlines())
    return [_area(year, area, category) | dict(zip(names[2:], values, strict=True)) for year, area, *values in lines]


def _area(year: str, area: str, category: str) -> dict[str, str]:
    called = {"Borough": (BOROUGH, BOROUGH_NAME)} | {
        name.removeprefix("Made-up "): (code, name) for code, name in NEIGHBOURS.items()
    }
    is_authority, is_country = area in called, area == "England"
    new_la_code, la_name = called.get(area, ("", ""))
    return {
        "time_period": year,
        "time_identifier": "Reporting year",
        "geographic_level": "Local authority" if is_authority else "National" if is_country else "Regional",
        "country_code": "E92000001",
        "country_name": "England",
        "region_code": "" if is_country else REGION,
        "region_name": "" if is_country else REGION_NAME,
        "old_la_code": f"99{new_la_code[-1]}" if is_authority else "",
        "new_la_code": new_la_code,
        "la_name": la_name,
        "category": category,
    }
