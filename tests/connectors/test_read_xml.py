"""XML: one row an element, columns by XPath, with the line beside it."""

import pytest

from connectors.agency import Xml
from connectors.read import Unreadable, read
from tests.connectors.declared import feed, file, rows, rules, stream

CENSUS = """<Message>
  <Header><Year>2026</Year></Header>
  <Child>
    <Id>007</Id>
    <Enquiry><Start>2026-04-03</Start><Factor>1A</Factor><Factor>19C</Factor></Enquiry>
    <Enquiry kind="new"><Start> 2026-05-01 </Start></Enquiry>
  </Child>
  <Child><Id>Null</Id></Child>
</Message>
"""
PLAIN = feed(
    Xml(),
    stream("../Id", "Start", "Factor", "@kind", member="//Enquiry"),
    stream("Id", "count(Enquiry)", member="/Message/Child"),
    ignores=("Header",),
)


def refusal(path, declared=PLAIN):
    with pytest.raises(Unreadable) as caught:
        read(path, declared)
    assert caught.value.hint
    return caught.value


def test_records_and_columns_are_found_by_xpath_and_repeats_are_joined(tmp_path):
    reading = read(file(tmp_path, "a.xml", CENSUS), PLAIN)
    assert rows(reading, 0) == [("007", "2026-04-03", "1A|19C", "", 5), ("007", " 2026-05-01 ", "", "new", 6)]
    assert rows(reading, 1) == [("007", "2", 3), ("Null", "0", 8)]
    assert reading.members[0].rows.column_names == ["../Id", "Start", "Factor", "@kind", "source_row"]
    assert reading.notes == ()


def test_a_stream_without_elements_has_no_rows(tmp_path):
    declared = feed(Xml(), *PLAIN.streams, stream("Date", member="//Conference"), ignores=("Header",))
    assert rows(read(file(tmp_path, "a.xml", CENSUS), declared), 2) == []


def test_a_file_in_one_line_numbers_its_elements(tmp_path):
    reading = read(file(tmp_path, "a.xml", CENSUS.replace("\n", "")), PLAIN)
    assert [row[-1] for row in rows(reading, 0)] == [1, 2]


def test_lines_are_right_far_into_a_file(tmp_path):
    many = "<Message>\n" + "<Child><Id>1</Id></Child>\n" * 70_000 + "</Message>"
    found = read(file(tmp_path, "a.xml", many), feed(Xml(), stream("Id", member="Child")))
    assert rows(found)[-1] == ("1", 70_001)


def test_a_default_namespace_changes_nothing(tmp_path):
    named = CENSUS.replace("<Message>", '<Message xmlns="urn:census">')
    assert rows(read(file(tmp_path, "a.xml", named), PLAIN), 1) == [("007", "2", 3), ("Null", "0", 8)]


def test_an_element_without_any_mapped_value_is_blank(tmp_path):
    reading = read(file(tmp_path, "a.xml", "<M>\n<C><Id>1</Id></C>\n<C/>\n</M>"), feed(Xml(), stream("Id", member="C")))
    assert (rows(reading), reading.members[0].blank) == ([("1", 2)], 1)


def test_an_element_that_nobody_declared_is_told_with_its_count(tmp_path):
    more = CENSUS.replace("<Id>", "<Name>Hernandez</Name><Id>")
    reading = read(file(tmp_path, "a.xml", more), PLAIN)
    assert rules(reading) == [("file.extra_column", 2)]
    assert "'Name'" in reading.notes[0].says
    assert "Hernandez" not in reading.notes[0].says


def test_text_between_elements_is_told(tmp_path):
    reading = read(file(tmp_path, "a.xml", CENSUS.replace("</Id>", "</Id>PersonBirthDate", 1)), PLAIN)
    assert rules(reading) == [("file.stray_text", 1)]


def test_comments_do_not_cut_a_value(tmp_path):
    reading = read(file(tmp_path, "a.xml", CENSUS.replace("007", "0<!-- checked -->07")), PLAIN)
    assert rows(reading, 1)[0] == ("007", "2", 3)


def test_a_file_in_another_declared_encoding_is_read(tmp_path):
    text = '<?xml version="1.0" encoding="windows-1252"?>\n' + CENSUS.replace("Null", "Zoë")
    assert rows(read(file(tmp_path, "a.xml", text.encode("cp1252")), PLAIN), 1)[1][0] == "Zoë"


def test_a_truncated_file_is_refused_with_its_line(tmp_path):
    refused = refusal(file(tmp_path, "a.xml", CENSUS[: CENSUS.index("<Factor>")]))
    assert (refused.rule, "line 5" in refused.says) == ("file.truncated", True)
    for end in range(20, len(CENSUS) - 12, 7):
        assert refusal(file(tmp_path, "a.xml", CENSUS[:end])).rule == "file.truncated"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("", "file.empty"),
        ("\n", "file.empty"),
        (CENSUS.replace("</Child>", "</Kid>", 1), "file.malformed"),
        ("child,came\n1,yes\n", "file.malformed"),
        (CENSUS.replace("007", "Zoë").encode("cp1252"), "file.encoding"),
        ("<Other><Thing>1</Thing></Other>", "file.missing_member"),
    ],
)
def test_what_cannot_be_read_is_refused_by_rule(tmp_path, content, rule):
    assert refusal(file(tmp_path, "a.xml", content)).rule == rule


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE Message>",
        '<!DOCTYPE Message SYSTEM "http://localhost:1/census.dtd">',
        '<!DOCTYPE Message [<!ENTITY who SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE Message [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY who "&b;&b;&b;&b;&b;">]>',
    ],
)
def test_a_doctype_is_refused(tmp_path, doctype):
    for content in (CENSUS, CENSUS.replace("007", "&who;")):
        assert refusal(file(tmp_path, "a.xml", doctype + content)).rule == "file.doctype"
