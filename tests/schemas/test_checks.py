"""What each check accepts and refuses, value by value."""

import pandas as pd
import pyarrow as pa
import pytest

from schemas import checks
from schemas.codes import AGENCY_GROUPS, AGENCY_NAMES, LISTS
from schemas.table import columns, key, rules
from schemas.tables import all_tables

TEXT = pd.ArrowDtype(pa.string())


def verdicts(check, values, **options):
    return check(pd.Series(values, dtype=TEXT), **options).tolist()


@pytest.mark.parametrize(
    ("upn", "is_right"),
    [
        ("W319200124001", True),  # domain facts: the worked example
        ("A319200124001", False),  # the wrong check letter
        ("W31920012400", False),  # a character short
        ("W31920012400A", False),  # a temporary number whose letter does not fit
        ("W3192001240٣1", False),  # a digit that is not ASCII
    ],
)
def test_a_upn_carries_its_own_check_letter(upn, is_right):
    assert checks.is_upn_right(upn) is is_right


def test_an_nhs_number_is_modulus_eleven_and_never_all_the_same_digit():
    values = ["9990000018", "9990000019", "1111111111", "999000001", None]
    assert verdicts(checks.is_nhs_number, values, is_nhs_number=True) == [True, False, False, False, True]


def test_a_reference_is_not_a_formula_or_free_text():
    values = ["SM-2026/001", "9212044", "=HYPERLINK(1)", "+44 20", "@x", "a" * 65, "see notes; call", "Null", None]
    expected = [True, True, False, False, False, False, False, True, True]
    assert verdicts(checks.is_reference, values, is_reference=True) == expected


def test_a_label_may_have_commas_and_accents_but_is_not_run_by_a_spreadsheet():
    values = ["Bristol, City of", "Hernández team (north)", "=1+1", "-cmd", "two\nlines", None]
    assert verdicts(checks.is_label, values, is_label=True) == [True, True, False, False, False, True]


def test_every_code_of_a_set_must_be_known():
    values = ["|19B|2A|", "|19B|RB|", "|RB|", None]
    assert verdicts(checks.all_in_code_list, values, all_in_code_list="assessment_factors") == [
        True,
        False,
        False,
        True,
    ]


def test_only_required_refuses_an_empty_cell():
    values = [None, "x"]
    assert verdicts(checks.required, values, required=True) == [False, True]
    assert verdicts(checks.in_code_list, [None], in_code_list="attendance") == [True]


def test_every_agency_has_a_name_and_a_group():
    assert AGENCY_NAMES.keys() == AGENCY_GROUPS.keys()


@pytest.mark.parametrize("name", sorted(all_tables()))
def test_a_table_describes_every_column_and_names_real_keys_lists_and_rules(name):
    table = all_tables()[name]
    names = {column.name for column in columns(table)}
    assert (table.__doc__ or "").startswith("One row is")
    assert all(column.description for column in columns(table))
    assert set(key(table)) - {"child"} <= names
    assert {column.code_list for column in columns(table)} - {None} <= LISTS.keys()
    assert len({rule.name for rule in rules(table)}) == len(rules(table))
    assert all(rule.says and rule.severity in ("error", "query", "correction") for rule in rules(table))


def test_of_every_rule_of_a_cell_and_of_a_delivery_it_is_said_what_is_wrong():
    of_delivery = {name for name, _, _ in checks.ROW_RULES}
    for table in all_tables().values():
        said = [rule.name for rule in rules(table) if rule.column or rule.name in of_delivery]
        assert {name.rpartition(".")[2] for name in said} <= checks.WRONG.keys()
