"""Workbooks: every cell as the text a person would type, with the row of the sheet beside it."""

import re
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from connectors.agency import Workbook
from connectors.read import IGNORED, Unreadable, read
from tests.connectors.declared import feed, file, rows, rules, stream

PLAIN = feed(Workbook(), stream("Child", "Came", member="List 1"))


def workbook(folder, sheets, *, date_1904=False, name="a.xlsx"):
    """Sheets as lists of rows; a text that begins with = is a formula with the stored value 2."""
    path = folder / name
    with xlsxwriter.Workbook(path, {"date_1904": date_1904}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        minute = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for sheet_name, table in sheets.items():
            sheet = book.add_worksheet(sheet_name)
            for row, cells in enumerate(table):
                for column, cell in enumerate(cells):
                    write(sheet, (row, column), cell, {date: day, datetime: minute})
    return path


def write(sheet, place, cell, formats):
    match cell:
        case datetime():
            sheet.write_datetime(*place, cell, formats[datetime])
        case date():
            sheet.write_datetime(*place, cell, formats[date])
        case bool():
            sheet.write_boolean(*place, cell)
        case str() if cell.startswith("="):
            sheet.write_formula(*place, cell, None, "#N/A" if "NA()" in cell else 2)
        case str():
            sheet.write_string(*place, cell)
        case None:
            pass
        case _:
            sheet.write_number(*place, cell)


def refusal(path, declared=PLAIN):
    with pytest.raises(Unreadable) as caught:
        read(path, declared)
    assert caught.value.hint
    return caught.value


def changed(path, part, old, new):
    """The same workbook with one part of it altered, as a damaged or hostile file has it."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    assert re.search(old, parts[part])
    parts[part] = re.sub(old, new, parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (9212044, "9212044"),
        (9990000018, "9990000018"),
        (1.5, "1.5"),
        (date(2020, 9, 16), "2020-09-16"),
        (datetime(2020, 9, 16, 14, 5), "2020-09-16 14:05:00"),
        (True, "true"),
        (False, "false"),
        ("007", "007"),
        ("Null", "Null"),
        ("03/04/2021", "03/04/2021"),
        (" a) Yes\xa0", " a) Yes\xa0"),
        (44289, "44289"),  # a date whose cell lost its format stays the number it is
        (None, ""),
    ],
)
def test_a_cell_is_the_text_a_person_would_type(tmp_path, cell, text):
    path = workbook(tmp_path, {"List 1": [["Child", "Came"], ["c", cell]]})
    assert rows(read(path, PLAIN)) == [("c", text, 2)]


def test_title_rows_are_found_by_the_words_of_the_header(tmp_path):
    table = [["Annex A"], [], ["List 1: children", None, "printed"], ["child", "CAME "], ["1", "yes"]]
    assert rows(read(workbook(tmp_path, {"List 1": table}), PLAIN)) == [("1", "yes", 5)]


def test_row_numbers_are_those_of_the_sheet_even_when_it_begins_lower_down(tmp_path):
    table = [[], [], [None, "Child", "Came"], [None, "1", "yes"], [], [None, " ", "\xa0"], [None, "2", "no"]]
    reading = read(workbook(tmp_path, {"List 1": table}), PLAIN)
    assert rows(reading) == [("1", "yes", 4), ("2", "no", 7)]
    assert reading.members[0].blank == 2


def test_a_sheet_with_a_header_alone_has_no_rows(tmp_path):
    assert rows(read(workbook(tmp_path, {"List 1": [["Child", "Came"]]}), PLAIN)) == []


def test_several_streams_read_one_sheet(tmp_path):
    declared = feed(Workbook(), stream("Child", member="list 1"), stream("Came", member="List 1"))
    reading = read(workbook(tmp_path, {"List 1": [["Child", "Came"], ["1", "yes"]]}), declared)
    assert [member.stream for member in reading.members] == [0, 1]
    assert reading.notes == ()


def test_a_sheet_ignored_by_name_is_counted_and_an_unknown_one_is_told(tmp_path):
    sheets = {"List 1": [["Child", "Came"], ["1", "yes"]], "Notes": [["x"], [], ["y"]], "Staff": [["z"]]}
    reading = read(workbook(tmp_path, sheets), feed(Workbook(), *PLAIN.streams, ignores=("Notes",)))
    assert [(one.stream, one.name, one.rows.num_rows) for one in reading.members] == [
        (0, "List 1", 1),
        (IGNORED, "Notes", 2),
    ]
    assert rules(reading) == [("file.extra_member", 1)]


def test_formulas_are_counted_and_their_stored_values_read(tmp_path):
    table = [["Child", "Came"], ["1", "=1+1"], ["2", "=SUM(A1:A2)"], ["3", "=NA()"]]
    reading = read(workbook(tmp_path, {"List 1": table}), PLAIN)
    assert rows(reading) == [("1", "2", 2), ("2", "2", 3), ("3", "", 4)]
    assert rules(reading) == [("file.formula", 3), ("file.error_value", 1)]


def test_formulas_are_counted_once_however_large_the_sheet(tmp_path):
    table = [["Child", "Came"], *([str(number), "=1+1"] for number in range(20_000))]
    assert rules(read(workbook(tmp_path, {"List 1": table}), PLAIN)) == [("file.formula", 20_000)]


def test_a_workbook_that_counts_from_1904_says_so(tmp_path):
    table = [["Child", "Came"], ["1", date(2020, 9, 16)], ["2", 42827]]
    reading = read(workbook(tmp_path, {"List 1": table}, date_1904=True), PLAIN)
    assert reading.date_system == 1904
    assert rows(reading) == [("1", "2020-09-16", 2), ("2", "42827", 3)]
    assert rules(reading) == [("file.dates_1904", 1)]


def test_values_beside_the_table_are_told_and_not_read(tmp_path):
    table = [["Child", "Came"], ["1", "yes"], ["2", "no", None, "see e-mail"]]
    reading = read(workbook(tmp_path, {"List 1": table}), PLAIN)
    assert rows(reading) == [("1", "yes", 2), ("2", "no", 3)]
    assert rules(reading) == [("file.beside_table", 1)]


def test_a_column_that_nobody_declared_is_named(tmp_path):
    reading = read(workbook(tmp_path, {"List 1": [["Child", "Team", "Came"], ["1", "North", "yes"]]}), PLAIN)
    assert rules(reading) == [("file.extra_column", 1)]
    assert "'Team'" in reading.notes[0].says


def test_a_missing_column_is_refused_by_name_and_sheet(tmp_path):
    refused = refusal(workbook(tmp_path, {"List 1": [["Child", "Attended"], ["1", "yes"]]}))
    assert refused.rule == "file.missing_column"
    assert "'Came'" in refused.says
    assert "List 1" in refused.says


def test_an_empty_sheet_lacks_its_columns(tmp_path):
    assert refusal(workbook(tmp_path, {"List 1": []})).rule == "file.missing_column"


def test_a_column_that_stands_twice_is_refused(tmp_path):
    path = workbook(tmp_path, {"List 1": [["Child", "Came", "came"], ["1", "yes", "no"]]})
    assert refusal(path).rule == "file.repeated_column"


def test_a_missing_sheet_is_refused_by_name(tmp_path):
    refused = refusal(workbook(tmp_path, {"Sheet1": [["Child", "Came"]]}))
    assert (refused.rule, "'List 1'" in refused.says) == ("file.missing_member", True)


def test_a_nul_character_is_refused_with_its_row(tmp_path):
    refused = refusal(workbook(tmp_path, {"List 1": [["Child", "Came"], ["1", "ye\0s"]]}))
    assert (refused.rule, "Row 2" in refused.says) == ("file.nul", True)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"child,came\n1,yes\n", "file.format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file.format"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "file.encrypted"),
        (b"", "file.empty"),
    ],
)
def test_other_formats_are_refused(tmp_path, content, rule):
    assert refusal(file(tmp_path, "a.xlsx", content)).rule == rule


def test_a_zip_of_something_else_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("child.csv", "child\n1\n")
    assert refusal(path).rule == "file.format"


def test_a_workbook_cut_short_is_refused(tmp_path):
    whole = workbook(tmp_path, {"List 1": [["Child", "Came"], ["1", "yes"]]}).read_bytes()
    assert refusal(file(tmp_path, "b.xlsx", whole[: len(whole) // 2])).rule == "file.damaged"


def test_a_workbook_whose_parts_do_not_fit_is_refused(tmp_path):
    path = workbook(tmp_path, {"List 1": [["Child", "Came"], ["1", "yes"]]})
    changed(path, "xl/worksheets/sheet1.xml", rb"<v>3</v>", b"<v>99999</v>")  # a text that is not in the list of texts
    assert refusal(path).rule == "file.damaged"


def test_a_cell_in_the_far_corner_is_refused_before_it_takes_all_memory(tmp_path):
    path = workbook(tmp_path, {"List 1": [["Child", "Came"], ["1", "yes"]]})
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    refused = refusal(changed(path, "xl/worksheets/sheet1.xml", b"</sheetData>", far))
    assert refused.rule == "file.too_big"


def test_a_wrong_dimension_hides_no_rows(tmp_path):
    path = workbook(tmp_path, {"List 1": [["Child", "Came"], ["1", "yes"], ["2", "no"]]})
    for dimension in (b"A1:B2", b"A1:XFD1048576", b"C9:A1"):
        changed(path, "xl/worksheets/sheet1.xml", rb'<dimension ref="[^"]*"', b'<dimension ref="' + dimension + b'"')
        assert rows(read(path, PLAIN)) == [("1", "yes", 2), ("2", "no", 3)]
