"""JSON: records flattened to dotted paths, numbers as they were written."""

import json

import pytest

from connectors.agency import Json
from connectors.read import IGNORED, Unreadable, read
from tests.connectors.declared import feed, file, rows, rules, stream

PLAIN = feed(Json(), stream("child.nhs", "came", member="meetings"), ignores=("exported_at", "staff"))


def document(folder, content):
    return file(folder, "a.json", content if isinstance(content, str | bytes) else json.dumps(content))


def refusal(path, declared=PLAIN):
    with pytest.raises(Unreadable) as caught:
        read(path, declared)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("9990000018", "9990000018"),
        ("1.50", "1.50"),
        ("1e5", "1e5"),
        ("12345678901234567890", "12345678901234567890"),
        ("true", "true"),
        ("false", "false"),
        ("null", ""),
        ('"null"', "null"),
        ('"007"', "007"),
        ('" Hernandez"', " Hernandez"),
        ('["a", 1, true]', "a|1|true"),
        ("[]", ""),
        ('"Zo\\u00eb"', "Zoë"),
    ],
)
def test_a_value_is_the_text_it_was_written_as(tmp_path, written, text):
    path = document(tmp_path, f'{{"meetings": [{{"child": {{"nhs": "c"}}, "came": {written}}}]}}')
    assert rows(read(path, PLAIN)) == [("c", text, 1)]


def test_rows_are_numbered_by_their_place_in_the_array(tmp_path):
    records = [{"child": {"nhs": "1"}, "came": "yes"}, {}, {"came": None}, 7, {"child": {"nhs": "2"}}]
    reading = read(document(tmp_path, {"meetings": records}), PLAIN)
    assert rows(reading) == [("1", "yes", 1), ("2", "", 5)]
    assert (reading.members[0].misshapen, reading.members[0].blank) == ((4,), 2)


def test_values_of_a_list_of_objects_are_joined(tmp_path):
    record = {"came": "yes", "child": [{"nhs": "1"}, {"nhs": "2"}]}
    assert rows(read(document(tmp_path, {"meetings": [record]}), PLAIN)) == [("1|2", "yes", 1)]


def test_an_array_may_be_the_document_itself(tmp_path):
    declared = feed(Json(), stream("came"))
    assert rows(read(document(tmp_path, [{"came": "yes"}]), declared)) == [("yes", 1)]


def test_an_empty_array_has_no_rows_and_nothing_to_tell(tmp_path):
    reading = read(document(tmp_path, {"meetings": []}), PLAIN)
    assert (rows(reading), reading.notes) == ([], ())


def test_what_is_ignored_by_name_is_counted_and_what_is_unknown_is_told(tmp_path):
    content = {"exported_at": "2026-11-01", "staff": [1, 2, 3], "meetings": [], "extra": [{}], "version": 2}
    reading = read(document(tmp_path, content), PLAIN)
    assert [(one.stream, one.name, one.rows.num_rows) for one in reading.members if one.stream == IGNORED] == [
        (IGNORED, "staff", 3)
    ]
    assert rules(reading) == [("file.extra_member", 1), ("file.extra_member", 1)]


def test_a_path_that_nobody_declared_is_told_with_its_count(tmp_path):
    records = [{"child": {"nhs": "1"}, "came": "yes", "child_name": "x"}, {"came": "no", "child_name": "y"}]
    reading = read(document(tmp_path, {"meetings": records}), PLAIN)
    assert rules(reading) == [("file.extra_column", 2)]
    assert "'child_name'" in reading.notes[0].says


def test_a_key_that_is_a_childs_number_is_not_printed(tmp_path):
    reading = read(document(tmp_path, {"meetings": [{"came": "yes", "9990000018": "x"}]}), PLAIN)
    assert all("9990000018" not in note.says for note in reading.notes)


def test_a_column_that_no_record_has_is_told_because_empty_values_are_left_out(tmp_path):
    reading = read(document(tmp_path, {"meetings": [{"child": {"nhs": "1"}}]}), PLAIN)
    assert rows(reading) == [("1", "", 1)]
    assert rules(reading) == [("file.absent_column", 1)]


def test_a_byte_order_mark_is_allowed(tmp_path):
    assert read(document(tmp_path, '\ufeff{"meetings": []}'), PLAIN).notes == ()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("", "file.empty"),
        (" \n", "file.empty"),
        ('{"meetings": [{"came": "yes"}', "file.truncated"),
        ('{"meetings": [{"came": "ye', "file.truncated"),
        ('{"meetings": [{"came": yes}]}', "file.malformed"),
        ('{"meetings": [{"came": 1, "came": 2}]}', "file.repeated_column"),
        ('{"other": []}', "file.missing_member"),
        ('{"meetings": {"came": "yes"}}', "file.missing_member"),
        ("[]", "file.missing_member"),
        ('{"meetings": [{"came": "a\\u0000b"}]}', "file.nul"),
        ('{"meetings": [{"came": "\\ud83d"}]}', "file.encoding"),
        ('{"meetings": [{"came": "Zoë"}]}'.encode("cp1252"), "file.encoding"),
        ('{"meetings": []}'.encode("utf-16"), "file.encoding"),
        ('{"meetings": ' + "[" * 60_000, "file.malformed"),
        ('{"meetings": [' + '{"child":' * 100 + "1" + "}" * 100 + "]}", "file.malformed"),
    ],
)
def test_what_cannot_be_read_is_refused_by_rule(tmp_path, content, rule):
    assert refusal(document(tmp_path, content)).rule == rule


def test_a_refusal_says_the_line(tmp_path):
    refused = refusal(document(tmp_path, '{"meetings": [\n{"came": "yes"},\n{"came": no}]}'))
    assert "Line 3" in refused.says
