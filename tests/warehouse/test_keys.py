"""The key: where it comes from, who may read it, and how a warehouse recognises its own."""

import base64
import hmac
from datetime import datetime
from pathlib import Path

import pytest

from warehouse.keys import Key, KeyTrouble, NoKey, WrongKey, find_key, make_key, recognise, register
from warehouse.ledger import Delivery, receive
from warehouse.store import Store

SECRET = bytes(range(40))
NOW = datetime(2026, 11, 23, 2, 30)


@pytest.fixture(autouse=True)
def no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUORATE_KEY")


@pytest.mark.parametrize("length", [32, 64, 65, 200])
def test_a_pseudonym_is_the_first_half_of_an_hmac_of_kind_and_value(length: int):
    key = Key(bytes(range(length)), "test")
    expected = hmac.digest(key.secret, "nhs:999 é".encode(), "sha256")[:16].hex()
    assert key.tokens("nhs", ["999 é"]) == [expected]
    assert key.tokens("ref", ["999 é"]) != [expected]


@pytest.mark.parametrize("written", [SECRET.hex(), f" {SECRET.hex().upper()}\n", base64.b64encode(SECRET).decode()])
def test_a_key_is_hex_or_base64_of_the_environment(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUORATE_KEY", written)
    assert find_key(tmp_path / "none").secret == SECRET


@pytest.mark.parametrize("written", ["", "correct horse battery staple", SECRET[:31].hex(), "ö" * 64])
def test_what_is_no_key_is_refused_and_never_shown(written: str, tmp_path: Path):
    path = tmp_path / "quorate.key"
    path.write_text(written, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(NoKey) as refusal:
        find_key(path)
    assert "quorate key make" in str(refusal.value)
    assert not written or written not in str(refusal.value)


def test_without_a_key_the_message_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(NoKey, match="quorate key make"):
        find_key(tmp_path / "quorate.key")


def test_a_key_that_is_made_is_its_owners_alone_and_never_written_over(tmp_path: Path):
    path = tmp_path / "home" / "quorate.key"
    made = make_key(path)
    assert find_key(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyTrouble, match="there already"):
        make_key(path)
    assert find_key(path) == made


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_is_no_key(tmp_path: Path, mode: int):
    path = tmp_path / "quorate.key"
    make_key(path)
    path.chmod(mode)
    with pytest.raises(NoKey, match="chmod 600"):
        find_key(path)


def test_a_key_does_not_show_itself():
    assert SECRET.hex() not in repr(Key(SECRET, "test"))
    assert str(SECRET) not in repr(Key(SECRET, "test"))


def test_a_new_warehouse_takes_the_key_and_knows_it_again(store: Store):
    right, wrong = Key(SECRET, "test"), Key(SECRET[::-1], "the wrong one")
    with store.writing() as connection:
        assert recognise(connection, right) is None
        assert register(connection, right, NOW) == register(connection, right, NOW) == 1
        with pytest.raises(WrongKey, match="the wrong one does not hold the key of this warehouse"):
            register(connection, wrong, NOW)


def test_a_warehouse_written_without_a_key_is_not_written_on(store: Store):
    with store.writing() as connection:
        receive(connection, Delivery("d", 1, "f", "csc", "f.csv", "0" * 64, 1, NOW, NOW))
        with pytest.raises(WrongKey, match="older version"):
            register(connection, Key(SECRET, "test"), NOW)
