"""Delimited text: every cell as it stands, every row with the number a person sees, or a clear refusal."""

import csv
import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.agency import Csv
from connectors.read import IGNORED, Unreadable, read
from tests.connectors.declared import feed, file, rows, rules, stream

PLAIN = feed(Csv(), stream("child", "came"))


def refusal(path, declared=PLAIN):
    with pytest.raises(Unreadable) as caught:
        read(path, declared)
    assert caught.value.hint
    return caught.value


# What comes through as it is


def test_nothing_is_trimmed_inferred_or_taken_for_missing(tmp_path):
    path = file(tmp_path, "a.csv", "child,came\n007,Null\n None ,NaN\nHernandez,03/04/2021\n,N/A\n")
    assert rows(read(path, PLAIN)) == [
        ("007", "Null", 2),
        (" None ", "NaN", 3),
        ("Hernandez", "03/04/2021", 4),
        ("", "N/A", 5),
    ]


@pytest.mark.parametrize("text", ["child,came\n007,yes\n", "came,child\nyes,007\n"])
def test_a_cell_belongs_to_the_column_it_stands_under_wherever_that_stands(tmp_path, text):
    (member,) = read(file(tmp_path, "a.csv", text), PLAIN).members
    assert member.rows.to_pylist() == [{"child": "007", "came": "yes", "source_row": 2}]


def test_a_header_is_met_whatever_its_case_and_spaces_and_carries_the_declared_spelling(tmp_path):
    reading = read(file(tmp_path, "a.csv", " CHILD ,Came\n1,yes\n"), PLAIN)
    assert reading.members[0].rows.column_names == ["child", "came", "source_row"]


def test_a_header_cell_may_hold_a_line_break(tmp_path):
    reading = read(file(tmp_path, "a.csv", '"child\nid",came\n1,yes\n'), feed(Csv(), stream("child id", "came")))
    assert rows(reading) == [("1", "yes", 2)]


def test_a_file_with_a_header_alone_has_no_rows(tmp_path):
    for text in ("child,came\n", "child,came", "child,came\r\n", "child,came\r"):
        assert rows(read(file(tmp_path, "a.csv", text), PLAIN)) == []


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    path = file(tmp_path, "a.csv", "\ufeffchild,came\nZoë,yes\n")
    assert rows(read(path, PLAIN)) == [("Zoë", "yes", 2)]


def test_cp1252_is_read_as_declared(tmp_path):
    path = file(tmp_path, "a.csv", "child,came\nZoë – O’Neill,yes\n".encode("cp1252"))
    assert rows(read(path, feed(Csv(encoding="cp1252"), stream("child", "came")))) == [("Zoë – O’Neill", "yes", 2)]


def test_a_character_cut_by_the_edge_of_a_block_is_whole(tmp_path):
    cells = "é" * 700_000
    path = file(tmp_path, "a.csv", f"child,came\n1,x{cells[:300_000]}\n2,{cells}\n")
    assert [len(came) for _, came, _ in rows(read(path, PLAIN))] == [300_001, 700_000]


def test_streams_share_a_file_each_with_its_own_spelling(tmp_path):
    shared = feed(Csv(), stream("Child"), stream("child", "came"))
    reading = read(file(tmp_path, "a.csv", "CHILD,came\n1,yes\n"), shared)
    assert [member.stream for member in reading.members] == [0, 1]
    assert [member.rows.column_names[0] for member in reading.members] == ["Child", "child"]
    assert reading.notes == ()


def test_an_optional_column_may_be_absent(tmp_path):
    reading = read(file(tmp_path, "a.csv", "child\n1\n"), feed(Csv(), stream("child", "came", optional=("came",))))
    assert rows(reading) == [("1", 2)]


# Rows: their numbers, and those that are not whole


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path):
    text = 'child,came\n1,yes\n\n2,"two\nlines"\r\n3\n4,yes,more\n   \n5,no\n,\n6,no\n7'
    reading = read(file(tmp_path, "a.csv", text), PLAIN)
    assert rows(reading) == [("1", "yes", 2), ("2", "two\nlines", 4), ("5", "no", 8), ("6", "no", 10)]
    assert reading.members[0].misshapen == (5, 6, 11)
    assert reading.members[0].blank == 3


def test_row_numbers_hold_far_into_a_file(tmp_path):
    lines = [f"{number},yes" if number % 1000 else "ragged" for number in range(2, 300_001)]
    reading = read(file(tmp_path, "a.csv", "child,came\n" + "\n".join(lines)), PLAIN)
    found = reading.members[0].rows
    assert found["child"].to_pylist() == [str(number) for number in found["source_row"].to_pylist()]
    assert reading.members[0].misshapen == tuple(range(1000, 300_001, 1000))


def test_title_rows_are_counted(tmp_path):
    path = file(tmp_path, "a.csv", "Report\n\nchild,came\n1,yes\n2\n")
    reading = read(path, feed(Csv(title_rows=2), stream("child", "came")))
    assert rows(reading) == [("1", "yes", 4)]
    assert reading.members[0].misshapen == (5,)


def test_in_a_file_of_one_column_an_empty_line_is_blank_and_two_cells_are_misshapen(tmp_path):
    reading = read(file(tmp_path, "a.csv", "child\n1\n\n2,3\n4"), feed(Csv(), stream("child")))
    assert rows(reading) == [("1", 2), ("4", 5)]
    assert (reading.members[0].misshapen, reading.members[0].blank) == ((4,), 1)


CELLS = st.one_of(
    st.sampled_from(
        ["", "Null", "None", "NaN", "NA", "007", "1e5", "true", '"', '""', ",", "\n", "\r\n", " ", "’", "é"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)


@given(table=st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width))))
@example(table=[["a\n2", ","], ['"x"\n', '"']])
@example(table=[['a"\nb', "c"]])
@settings(deadline=None, max_examples=300)
def test_whatever_the_csv_module_writes_is_read_back_exactly(tmp_path_factory, table):
    width = len(table[0]) if table else 2
    names = [f"name {place}" for place in range(width)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names, *table])
    path = file(tmp_path_factory.mktemp("csv"), "a.csv", text.getvalue())
    (member,) = read(path, feed(Csv(), stream(*names))).members
    is_blank = [not any(cell.strip() for cell in row) for row in table]
    assert rows_of(member) == [
        (*row, number) for number, (row, blank) in enumerate(zip(table, is_blank, strict=True), start=2) if not blank
    ]
    assert (member.blank, member.misshapen) == (sum(is_blank), ())


def rows_of(member):
    return [tuple(row.values()) for row in member.rows.to_pylist()]


# What is told and does not stop the file


def test_a_column_that_nobody_declared_is_named(tmp_path):
    reading = read(file(tmp_path, "a.csv", "child,came,Team\n1,yes,North\n"), PLAIN)
    assert rules(reading) == [("file.extra_column", 1)]
    assert "'Team'" in reading.notes[0].says
    assert "North" not in reading.notes[0].says


def test_a_column_ignored_by_name_is_not_told(tmp_path):
    declared = feed(Csv(), stream("child", "came", ignores=("Team",)))
    assert read(file(tmp_path, "a.csv", "child,came,team\n1,yes,North\n"), declared).notes == ()


def test_a_column_without_a_name_is_told_by_its_place(tmp_path):
    reading = read(file(tmp_path, "a.csv", "child,came,\n1,yes,x\n"), PLAIN)
    assert "number 3" in reading.notes[0].says


# What refuses the whole file


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path, content):
    assert refusal(file(tmp_path, "a.csv", content)).rule == "file.empty"


def test_cp1252_where_utf8_is_declared_is_refused_with_its_line(tmp_path):
    far = "child,came\n" + "1,yes\n" * 400_000 + "Zoë,yes\n"
    refused = refusal(file(tmp_path, "a.csv", far.encode("cp1252")))
    assert refused.rule == "file.encoding"
    assert "Line 400002" in refused.says
    assert "cp1252" in refused.says


def test_utf8_where_cp1252_is_declared_is_refused(tmp_path):
    declared = feed(Csv(encoding="cp1252"), stream("child", "came"))
    for content in ("child,came\nZoë,yes\n", "\ufeffchild,came\n1,yes\n"):
        refused = refusal(file(tmp_path, "a.csv", content), declared)
        assert refused.rule == "file.encoding"
        assert "UTF-8" in refused.says


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_by_name(tmp_path, encoding):
    refused = refusal(file(tmp_path, "a.csv", ("child,came\n" + "1,yes\n" * 50).encode(encoding)))
    assert (refused.rule, "UTF-16" in refused.says) == ("file.encoding", True)


def test_utf8_that_stops_within_a_character_is_refused(tmp_path):
    assert refusal(file(tmp_path, "a.csv", b"child,came\n1,yes\n2,\xc3")).rule == "file.encoding"


def test_a_nul_byte_is_refused_with_its_line(tmp_path):
    refused = refusal(file(tmp_path, "a.csv", b"child,came\n1,yes\n2,n\0o\n"))
    assert (refused.rule, "Line 3" in refused.says) == ("file.nul", True)


@pytest.mark.parametrize(("delimiter", "called"), [(";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")])
def test_another_delimiter_is_refused_by_name(tmp_path, delimiter, called):
    refused = refusal(file(tmp_path, "a.csv", f"child{delimiter}came\n1{delimiter}yes\n"))
    assert (refused.rule, called in refused.says) == ("file.delimiter", True)


def test_a_missing_column_is_refused_by_name(tmp_path):
    refused = refusal(file(tmp_path, "a.csv", "child,Attendance\n1,yes\n"))
    assert (refused.rule, "'came'" in refused.says) == ("file.missing_column", True)
    assert "yes" not in str(refused)


def test_a_column_that_stands_twice_is_refused(tmp_path):
    refused = refusal(file(tmp_path, "a.csv", "child,came,Child\n1,yes,2\n"))
    assert (refused.rule, "'child'" in refused.says) == ("file.repeated_column", True)


def test_a_title_row_that_nobody_declared_is_refused_and_says_where_the_header_stands(tmp_path):
    refused = refusal(file(tmp_path, "a.csv", "Attendance report\n\nchild,came\n1,yes\n"))
    assert (refused.rule, "row 3" in refused.says) == ("file.title_row", True)


def test_a_title_row_that_is_declared_and_absent_is_refused_too(tmp_path):
    declared = feed(Csv(title_rows=1), stream("child", "came"))
    refused = refusal(file(tmp_path, "a.csv", "child,came\n1,yes\n"), declared)
    assert (refused.rule, "row 1" in refused.says) == ("file.title_row", True)


@pytest.mark.parametrize(
    ("body", "row"),
    [
        ('1,yes\n2,"no\n3,yes\n', 3),  # runs to the end of the file, in the last column
        ('1,yes\n"2,no\n3,yes\n', 3),  # and in the first
        ('1,"yes\n2,"no"\n3,yes\n', 2),  # closed by the next row's opening mark
        ('1,yes\n2,"' + "no\n3,yes\n" * 400_000, 3),  # longer than a block
    ],
)
def test_a_quotation_mark_left_open_is_refused_with_its_row_and_swallows_none(tmp_path, body, row):
    refused = refusal(file(tmp_path, "a.csv", f"child,came\n{body}"))
    assert (refused.rule, f"Row {row}:" in refused.says) == ("file.open_quote", True)


def test_a_workbook_where_csv_is_declared_is_refused(tmp_path):
    assert refusal(file(tmp_path, "a.csv", b"PK\x03\x04 and so on")).rule == "file.format"


# Zips of delimited text


def zipped(folder, members, **options):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


TWO = feed(
    Csv(zipped=True),
    stream("child", member="children*.csv"),
    stream("meeting", member="meetings*.csv"),
    ignores=("readme*",),
)


def test_each_member_goes_to_its_stream(tmp_path):
    members = {"Export/Children_2026.csv": "child\n1\n2\n", "meetings.csv": "meeting\nm\n", "README.txt": "a\n\nb\n"}
    reading = read(zipped(tmp_path, members), TWO)
    assert [(one.stream, one.name, one.rows.num_rows) for one in reading.members] == [
        (0, "Children_2026.csv", 2),
        (1, "meetings.csv", 1),
        (IGNORED, "README.txt", 2),
    ]
    assert reading.notes == ()


def test_an_unknown_member_is_told_and_the_rest_is_read(tmp_path):
    members = {"children.csv": "child\n1\n", "meetings.csv": "meeting\nm\n", "staff.csv": "name\nx\n"}
    reading = read(zipped(tmp_path, members), TWO)
    assert rules(reading) == [("file.extra_member", 1)]
    assert len(reading.members) == 2


def test_a_missing_member_refuses_the_zip_by_name(tmp_path):
    refused = refusal(zipped(tmp_path, {"children.csv": "child\n1\n"}), TWO)
    assert (refused.rule, "meetings*.csv" in refused.says) == ("file.missing_member", True)


def test_a_member_that_refuses_itself_refuses_the_zip_and_is_named(tmp_path):
    refused = refusal(zipped(tmp_path, {"children.csv": "child\n1\n", "meetings.csv": "other\nm\n"}), TWO)
    assert (refused.rule, "'meetings.csv'" in refused.says) == ("file.missing_column", True)


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    bomb = {"children.csv": b"child\n" + b"1\n" * 35_000_000, "meetings.csv": "meeting\n"}
    assert refusal(zipped(tmp_path, bomb), TWO).rule == "file.too_big"


def test_what_is_no_zip_or_a_piece_of_one_is_refused(tmp_path):
    assert refusal(file(tmp_path, "a.zip", "child\n1\n"), TWO).rule == "file.format"
    whole = zipped(tmp_path, {"children.csv": "child\n1\n", "meetings.csv": "meeting\nm\n"}).read_bytes()
    assert refusal(file(tmp_path, "b.zip", whole[: len(whole) // 2]), TWO).rule == "file.damaged"


def test_a_zip_whose_bytes_changed_on_the_way_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("children.csv", "child\n1\n")
        archive.writestr("meetings.csv", "meeting\nm\n")
    file(tmp_path, "a.zip", path.read_bytes().replace(b"child\n1", b"child\n2"))
    assert refusal(path, TWO).rule == "file.damaged"


def test_a_zip_with_a_password_is_refused(tmp_path):
    path = zipped(tmp_path, {"children.csv": "child\n1\n", "meetings.csv": "meeting\nm\n"})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1  # the flag that a member is encrypted
    assert refusal(file(tmp_path, "b.zip", bytes(content)), TWO).rule == "file.encrypted"
