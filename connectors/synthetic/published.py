"""Writes an excerpt of the Department for Education's published statistics, in the shape it publishes them.

The figures are the published ones (*Characteristics of children in need: 2024*, Crown copyright, Open
Government Licence v3.0): England and the regions, and Sutton with its hidden bands ``c``.
"""

from pathlib import Path
from typing import Final

from connectors.synthetic.files import delimited, write

REGIONS: Final = {
    "North East": "E12000001",
    "North West": "E12000002",
    "Yorkshire and The Humber": "E12000003",
    "East Midlands": "E12000004",
    "West Midlands": "E12000005",
    "East of England": "E12000006",
    "London": "E12000007",
    "South East": "E12000008",
    "South West": "E12000009",
    "Inner London": "E13000001",
    "Outer London": "E13000002",
}
SECTION_47: Final = """\
year area Section47 Section47_rate Section47_child Section47_child_rate ICPC ICPC_rate ICPC_child ICPC_child_rate \
Duration_0-10_days Duration_11-15_days Duration_16-20_days Duration_21+_days Duration_25th_Percentile \
Duration_median Duration_75th_Percentile
2024 England 224520 187.1 191360 159.5 72250 60.2 71140 59.3 6800 50780 6300 8350 13 14 15
2024 North_East 13450 251.2 11700 218.5 5420 101.2 5310 99.3 210 4290 480 440 13 14 15
2024 North_West 32550 203.5 26920 168.3 10620 66.4 10480 65.5 1230 7430 920 1040 12 14 15
2024 Yorkshire_and_The_Humber 23770 204 20370 174.8 8460 72.6 8370 71.8 490 5870 870 1240 13 14 15
2024 East_Midlands 17450 171.7 14590 143.5 5860 57.7 5770 56.7 590 3520 570 1180 12 14 18
2024 West_Midlands 25680 193.8 21700 163.8 8220 62 8120 61.2 810 6120 540 760 12 14 15
2024 East_of_England 14330 104.8 12200 89.2 5120 37.5 5080 37.1 780 3640 340 360 12 14 15
2024 London 37100 195.3 32620 171.7 11190 58.9 11030 58.1 1370 7240 1000 1570 12 14 15
2024 South_East 40470 203.5 34750 174.7 10730 53.9 10510 52.9 910 7600 1040 1180 13 14 15
2024 South_West 19730 179.1 16530 150 6620 60.1 6490 58.9 420 5080 550 580 13 14 15
2024 Inner_London 13470 210.1 11940 186.3 3920 61.2 3870 60.4 730 2070 470 660 12 14 17
2024 Outer_London 23630 187.7 20680 164.3 7270 57.7 7160 56.9 650 5170 530 920 13 14 15
2024 Sutton 898 179.4 789 157.6 298 59.5 292 58.3 48 237 c c 12 13 15
2023 England 225400 189.6 194150 163.3 74380 62.6 73270 61.6 6850 51480 7100 8920 13 14 15
2023 London 36180 190.5 32060 168.8 11370 59.9 11210 59 1470 7050 1110 1740 12 14 16
2023 Outer_London 22480 179.8 19940 159.5 7500 60 7400 59.2 740 4980 690 1090 13 14 15
2023 Sutton 709 142.9 627 126.4 289 58.2 286 57.6 84 146 23 36 10 13 15
2022 England 217800 185.2 189430 161 73790 62.7 72800 61.9 7040 51400 7060 8280 13 14 15
2022 London 35590 187.9 31960 168.7 11580 61.1 11440 60.4 1670 7130 1070 1710 12 14 15
2022 Outer_London 21830 175.9 19710 158.8 7190 57.9 7080 57 780 4740 620 1040 13 14 15
2022 Sutton 683 139.4 626 127.8 326 66.6 319 65.1 57 226 18 25 12 13 15
"""

ASSESSMENTS: Final = """\
year area Assessments_completed Assessments_completed_rate Same_day 1-10_days 11-20_days 21-30_days 31-40_days \
41-45_days 46-50_days 51-60_days 61+_days 25th_Percentile_days Median_days 75th_Percentile_days
2024 England 643170 536 9880 73420 110950 102600 129690 116670 38560 29490 31900 19 34 44
2024 London 103100 542.7 1000 6740 12990 19240 26830 22010 5690 4270 4330 23 35 43
2024 Outer_London 66670 529.7 570 4500 9200 13390 16940 12890 3360 2790 3050 23 34 43
2024 Sutton 1650 329.5 c 42 125 164 473 587 151 77 c 33 41 45
2023 England 655540 551.5 10230 73740 113050 106340 129510 107900 40570 34050 40160 17 33 44
2023 London 105590 555.9 1880 7890 14390 21150 25870 18980 5630 4460 5360 22 34 43
2023 Outer_London 68650 549.2 720 4590 10180 15330 16690 11360 3330 2910 3550 22 33 43
2023 Sutton 1506 303.5 c c 104 157 460 402 133 97 119 33 40 45
2022 England 645070 548.4 8840 73420 116480 108670 131110 106500 36930 30250 32870 17 32 43
2022 London 106420 561.9 1080 8600 14520 21420 26380 19560 5530 4350 4980 22 34 43
2022 Outer_London 67420 543.2 770 6180 9910 14850 15690 10910 3280 2730 3100 20 32 42
2022 Sutton 1617 330.1 c 31 180 330 494 368 94 69 49 27 36 44
"""

FACTORS: Final = """\
year area Episodes_with_assessment_factor Neglect Emotional_Abuse Physical_Abuse_child_on_child \
Physical_Abuse_adult_on_child Sexual_Abuse_unknown Sexual_Abuse_child_on_child Sexual_Abuse_adult_on_child
2024 England 506370 83380 97670 15350 58160 1170 11960 17840
2024 London 85960 10470 14260 2610 9260 40 1720 1640
2024 Outer_London 54780 7420 10170 1660 6350 30 1110 950
2024 Sutton 1556 214 563 50 421 0 35 46
2023 England 508360 82260 99630 15950 55100 1850 13100 18810
2023 London 88550 10850 14960 3300 9040 140 1730 1900
2023 Outer_London 57410 7780 10640 2050 6070 130 1130 1200
2023 Sutton 1438 231 508 31 330 0 31 55
2022 England 508730 82950 102900 14850 47980 3010 12380 18600
2022 London 89230 11000 15180 2670 6980 690 1380 1670
2022 Outer_London 56470 6720 10570 1950 4650 470 950 1040
2022 Sutton 1482 150 458 24 289 0 27 38
"""


def write_published(folder: Path) -> None:
    """Write three files, each in the landing folder of its own feed."""
    for feed, name, table, category in (
        ("dfe_section_47", "c4_section_47s_and_icpcs_2022_to_2024", SECTION_47, "Section 47s and ICPCs"),
        ("dfe_assessments", "c2_assessments_duration_2022_to_2024", ASSESSMENTS, "Duration of assessment"),
        ("dfe_factors", "c3_factors_identified_2022_to_2024", FACTORS, "Factors identified at the end of assessment"),
    ):
        write(folder / feed / f"{name}.csv", excerpt(table, category), "utf-8-sig")


def excerpt(table: str, category: str) -> str:
    """A table of this module as the Department's CSV."""
    rows = _rows(table, category)
    return delimited(rows, list(rows[0]))


def _rows(table: str, category: str) -> list[dict[str, str]]:
    names, *lines = (line.split() for line in table.splitlines())
    return [
        _area(year, area.replace("_", " "), category) | dict(zip(names[2:], values, strict=True))
        for year, area, *values in lines
    ]


def _area(year: str, area: str, category: str) -> dict[str, str]:
    is_authority, is_country = area == "Sutton", area == "England"
    region = "Outer London" if is_authority else "" if is_country else area
    return {
        "time_period": year,
        "time_identifier": "Reporting year",
        "geographic_level": "Local authority" if is_authority else "National" if is_country else "Regional",
        "country_code": "E92000001",
        "country_name": "England",
        "region_code": REGIONS.get(region, ""),
        "region_name": region,
        "old_la_code": "319" if is_authority else "",
        "new_la_code": "E09000029" if is_authority else "",
        "la_name": "Sutton" if is_authority else "",
        "category": category,
    }
