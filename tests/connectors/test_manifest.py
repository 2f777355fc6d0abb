"""Control totals: what a sender says of its rows is read exactly, or refuses the file by name."""

import io
import os
import zipfile

import pytest

from connectors.agency import Csv
from connectors.isolation import ReaderProcess
from connectors.manifest import beside, is_manifest
from connectors.read import Unreadable, read
from tests.connectors.declared import feed, file, rows, stream

ZIPPED = feed(Csv(zipped=True), stream("child", member="children*.csv"))


def with_members(tmp_path, **members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "."), text)
    path = tmp_path / "export.zip"
    path.write_bytes(buffer.getvalue())
    return path


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        (
            '{"rows": {"participation.csv": 120, "involvements.csv": 0}}',
            {"participation.csv": 120, "involvements.csv": 0},
        ),
        ('{"rows": 168, "made_by": "export"}', {"*": 168}),
        ('{"rows": {"export.csv": 168}}', {"*": 168}),  # it names the file itself
        ('\ufeff{"rows": 168}', {"*": 168}),
    ],
)
def test_a_manifest_beside_its_file_is_read(tmp_path, text, totals):
    path = file(tmp_path, "export.csv", "child\n1\n")
    assert beside(path) is None
    file(tmp_path, "export.csv.manifest.json", text)
    assert beside(path) == totals


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rows: 3",
        "[]",
        "{}",
        '{"rows": {}}',
        '{"rows": "Hernandez"}',
        '{"rows": -1}',
        '{"rows": 1.5}',
        '{"rows": true}',
        '{"rows": {"a.csv": null}}',
        "[" * 60_000,
        '{"rows": 1}' + " " * 70_000,
    ],
)
def test_a_manifest_that_is_none_refuses_its_file_and_quotes_nothing(tmp_path, text):
    path = file(tmp_path, "export.csv", "child\n1\n")
    file(tmp_path, "export.csv.manifest.json", text)
    with pytest.raises(Unreadable) as caught:
        beside(path)
    assert caught.value.rule == "file.manifest"
    assert caught.value.hint
    assert "Hernandez" not in str(caught.value)


@pytest.mark.parametrize(
    ("manifest", "text"),
    [("manifest__json", '{"rows": {"children.csv": 2}}'), ("Manifest__csv", "member,rows\nchildren.csv,2\n")],
)
def test_a_manifest_in_the_zip_is_read_by_the_reading_process_and_is_no_member(tmp_path, manifest, text):
    path = with_members(tmp_path, children__csv="child\n1\n2\n", **{manifest: text})
    with ReaderProcess() as reader:
        reading = reader.read(path, ZIPPED)
    assert reading.control_totals == {"children.csv": 2}
    assert rows(reading) == [("1", 2), ("2", 3)]
    assert reading.notes == ()


@pytest.mark.parametrize("planted", ["a link", "a folder", "a pipe without a writer"])
def test_what_is_no_file_is_not_read_for_a_manifest(tmp_path, planted):
    path, there = file(tmp_path, "export.csv", "child\n1\n"), tmp_path / "export.csv.manifest.json"
    if planted == "a link":
        there.symlink_to(file(tmp_path, "another_agency.json", '{"rows": 1}'))
    elif planted == "a folder":
        there.mkdir()
    else:
        os.mkfifo(there)
    with pytest.raises(Unreadable) as refusal:
        beside(path)
    assert refusal.value.rule == "file.manifest"


def test_a_name_too_long_to_have_a_manifest_has_none(tmp_path):
    assert beside(file(tmp_path, "x" * 251 + ".csv", "child\n1\n")) is None


def test_a_zip_whose_manifest_is_none_refuses_itself(tmp_path):
    path = with_members(tmp_path, children__csv="child\n1\n", manifest__csv="member,rows\nchildren.csv,many\n")
    with pytest.raises(Unreadable) as caught:
        read(path, ZIPPED)
    assert caught.value.rule == "file.manifest"


def test_a_manifest_is_told_by_its_name():
    assert is_manifest("safeguarding_2026-04.json.manifest.json")
    assert not is_manifest("safeguarding_2026-04.json")
