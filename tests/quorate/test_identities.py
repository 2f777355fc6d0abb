"""`quorate key` and `quorate child`, as people use them."""

import json
from pathlib import Path

import pytest

from quorate.exits import Exit
from tests.quorate.command import partnership, quorate

NO_KEY = {"QUORATE_KEY": ""}


def test_no_key_no_start_and_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    home = partnership(tmp_path, "csc_mosaic")
    done = quorate("nightly", "--home", home, **NO_KEY)
    assert done.returncode == Exit.USAGE
    assert "quorate key make" in done.stderr
    assert not (home / "warehouse.duckdb").exists()
    assert not (home / "archive").exists()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partnership with a key file, whose night has run."""
    folder = partnership(tmp_path_factory.mktemp("partnership"), "csc_mosaic")
    made = json.loads(quorate("key", "make", "--home", folder, "--json", **NO_KEY).stdout)
    assert (made["key_file"], len(made["fingerprint"])) == (str(folder / "quorate.key"), 32)
    assert quorate("nightly", "--home", folder, "--json", **NO_KEY).returncode == Exit.REFUSED
    return folder


def night(home: Path) -> dict[str, int]:
    done = quorate("nightly", "--home", home, "--json", **NO_KEY)
    assert done.returncode in (Exit.OK, Exit.MISSING, Exit.REFUSED), done.stderr
    found: dict[str, int] = json.loads(done.stdout)["deliveries"][0]
    return found


def test_after_a_rotation_the_same_rows_are_the_same_rows(home: Path) -> None:
    before = (home / "quorate.key").read_text()
    done = quorate("key", "rotate", "--home", home, "--json", **NO_KEY)
    assert done.returncode == Exit.OK, done.stderr
    assert json.loads(done.stdout)["version"] == 2
    assert (home / "quorate.key").read_text() != before == (home / "quorate.key.1").read_text()
    assert not (home / "quorate.key.new").exists()
    told = json.loads(quorate("key", "status", "--home", home, "--json", **NO_KEY).stdout)
    assert (told["is_right"], told["is_rotating"], [one["version"] for one in told["keys"]]) == (True, False, [2, 1])
    assert night(home)["state"] == "duplicate"
    file = home / "landing" / "csc_mosaic" / "mosaic_2026-04.zip"
    file.write_bytes(file.read_bytes() + b"\0")  # other bytes, the same rows
    again = night(home)
    assert (again["state"], again["rows_loaded"], again["rows_unchanged"] > 0) == ("duplicate", 0, True)


def test_with_another_key_nothing_is_written(home: Path) -> None:
    before = (home / "warehouse.duckdb").read_bytes()
    done = quorate("nightly", "--home", home, QUORATE_KEY="ab" * 32)
    assert done.returncode == Exit.USAGE
    assert "does not hold the key of this warehouse" in done.stderr
    assert (home / "warehouse.duckdb").read_bytes() == before
    asked = quorate("key", "status", "--home", home, QUORATE_KEY="ab" * 32)
    assert asked.returncode == Exit.USAGE


@pytest.mark.parametrize("key", ["", "ab" * 32])
def test_without_the_right_key_nothing_is_decided_or_published_and_doctor_says_it_is_ill(home: Path, key: str) -> None:
    said = "There is no key" if not key else "does not hold the key of this warehouse"
    aside = (home / "quorate.key").rename(home / "aside.key")
    try:
        listed = quorate("delivery", "list", "--json", "--home", home, QUORATE_KEY=key)
        assert listed.returncode == Exit.OK  # what is there can be read
        delivery = json.loads(listed.stdout)[0]["delivery_id"]
        by = ("--by", "A", "--why", "b")
        for words in (("publish",), ("delivery", "reprocess", delivery, *by), ("child", "confirm", "0123", *by)):
            done = quorate(*words, "--home", home, QUORATE_KEY=key)
            assert done.returncode == Exit.USAGE, words
            assert said in done.stderr, words
        looked = quorate("doctor", "--home", home, "--json", QUORATE_KEY=key)
        ill = [one for one in json.loads(looked.stdout) if not one["is_well"]]
        assert (looked.returncode, [one["what"] for one in ill]) == (Exit.INFRASTRUCTURE, ["key"])
        assert said in ill[0]["says"]
    finally:
        aside.rename(home / "quorate.key")
    looked = quorate("doctor", "--home", home, **NO_KEY)
    assert (looked.returncode, "quorate.key holds the warehouse's" in looked.stdout) == (Exit.OK, True)


def test_nothing_that_identifies_is_in_the_warehouse_and_the_vault_is_its_owners(home: Path) -> None:
    warehouse, vault = (home / f"{name}.duckdb" for name in ("warehouse", "vault"))
    for clear in (b"9990000018", b"W319200124001", b"SUT1"):
        assert clear not in warehouse.read_bytes()
        assert clear in vault.read_bytes()
    assert vault.stat().st_mode & 0o777 == 0o600


def test_no_pair_waits_and_an_unknown_one_cannot_be_confirmed(home: Path) -> None:
    asked = quorate("child", "candidates", "--home", home, "--json", **NO_KEY)
    assert (asked.returncode, json.loads(asked.stdout)) == (Exit.OK, [])
    for word in ("confirm", "reject"):
        done = quorate("child", word, "0123456789", "--by", "A", "--why", "b", "--json", "--home", home, **NO_KEY)
        assert done.returncode == Exit.USAGE
        assert "no candidate" in done.stderr
