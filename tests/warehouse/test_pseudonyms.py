"""What identifies a child leaves the rows, and what is left still names them."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from schemas.table import columns, fact_columns
from schemas.tables import all_tables
from schemas.tables.children import Children
from schemas.tables.involvements import Involvements
from tests.keys import KEY
from tests.warehouse.children_rows import CHILDREN, INVOLVEMENTS, clear_rows
from warehouse.keys import Key
from warehouse.pseudonyms import KINDS, Protected, protect
from warehouse.store import Store
from warehouse.vault import Vault, open_vault

OTHER = Key(b"another key, as long as it must be", "test")


def children(text: str = CHILDREN, key: Key = KEY, feed: str = "csc_test") -> Protected:
    return protect(clear_rows("children", text), Children, feed, key)


def column(rows: pa.Table, name: str) -> list[Any]:
    found: list[Any] = rows[name].to_pylist()
    return found


@pytest.mark.parametrize("name", sorted(all_tables()))
def test_every_column_that_identifies_has_a_rule_in_every_table(name: str):
    table = all_tables()[name]
    marked = [c.name for c in columns(table) if c.privacy == "identifier" and c.kind != "date"]
    assert set(marked) <= set(KINDS)
    numbers = [column.name for column in columns(table) if column.name in KINDS]
    drawn = f"{'|'.join(numbers)}\n{'|'.join(numbers)}" if numbers else "nothing"
    rows = protect(clear_rows(name, drawn), table, "f", KEY).rows
    assert rows.column_names == [*(c.name for c in fact_columns(table)), "source_row", "row_key", "row_hash"]
    assert not {value for row in rows.to_pylist() for value in row.values()} & set(numbers)


def test_numbers_become_tokens_dates_their_month_and_names_go():
    rows = children().rows
    assert column(rows, "child_ref") == [*KEY.tokens("ref", ["LA1", "LA2"]), None]
    assert column(rows, "upn")[0] == column(rows, "former_upn")[1]  # a former pupil number is a pupil number
    assert column(rows, "born_on") == [date(2012, 2, 1), date(2012, 2, 1), None]
    assert not {"surname", "forename", "postcode"} & set(rows.column_names)
    assert column(rows, "source_row") == [2, 3, 4]


def test_what_was_taken_out_is_for_the_vault():
    vaulted = children().vaulted
    assert {(row["kind"], row["value"]) for row in vaulted.identifiers.to_pylist()} == {
        ("ref", "LA1"),
        ("ref", "LA2"),
        ("nhs", "9990000018"),
        ("nhs", "9990000026"),
        ("upn", "W319200124001"),
    }
    first, second = vaulted.details.sort_by([("surname", "ascending")]).to_pylist()
    assert (first["token"], first["surname"], first["born_on"]) == (
        KEY.tokens("ref", ["LA1"])[0],
        "Fenford",
        date(2012, 2, 14),
    )
    assert second["born_on"] == date(2012, 2, 14)


def test_a_number_learnt_later_keeps_the_key_and_changes_the_hash():
    before = children("said_by | child_ref\ncsc | LA1").rows
    after = children("said_by | child_ref | nhs_number\ncsc | LA1 | 9990000018").rows
    assert column(before, "row_key") == column(after, "row_key")
    assert column(before, "row_hash") != column(after, "row_hash")


def test_the_same_child_of_two_feeds_is_two_rows_that_say_the_same():
    one, other = children(feed="csc_mosaic").rows, children(feed="csc_cin_census").rows
    assert column(one, "row_hash") == column(other, "row_hash")
    assert not set(column(one, "row_key")) & set(column(other, "row_key"))


def test_another_key_makes_other_pseudonyms_and_other_hashes():
    one, other = children().rows, children(key=OTHER).rows
    for name in ("child_ref", "row_key", "row_hash"):
        assert not set(column(one, name)) & set(column(other, name)) - {None}


def test_keys_in_words_are_kept_of_refused_rows_only():
    rows = clear_rows("involvements", INVOLVEMENTS)
    refused = protect(rows, Involvements, "csc_test", KEY, refused=True)
    assert column(refused.vaulted.key_parts, "row_key") == column(refused.rows, "row_key")
    assert not any("LA1" in parts for parts in column(refused.vaulted.key_parts, "parts"))
    assert protect(rows, Involvements, "csc_test", KEY).vaulted.key_parts.num_rows == 0


def test_many_chunks_are_as_one():
    rows = clear_rows("involvements", INVOLVEMENTS)
    many = pa.concat_tables([rows] * 150_000)
    whole = protect(many, Involvements, "f", KEY).rows
    assert whole["row_hash"].unique().to_pylist() == column(protect(rows, Involvements, "f", KEY).rows, "row_hash")
    assert whole["row_hash"][250_001].as_py() == whole["row_hash"][1].as_py()


def keep(vault: Vault, protected: Protected) -> int:
    return vault.keep(protected.vaulted, KEY)


def test_the_vault_keeps_each_thing_once_and_a_second_night_writes_nothing(store: Store):
    with open_vault(store) as vault:
        assert keep(vault, children()) == 7
        assert keep(vault, children()) == 0
        moved = children("said_by | child_ref | surname | postcode\ncsc | LA1 | Fenford | ZZ9 9ZZ")
        assert keep(vault, moved) == 1  # both addresses stand there
        found = vault.look_up(KEY.tokens("ref", ["LA1"])[0])
        assert found is not None
        assert (found.kind, found.value) == ("ref", "LA1")
        assert vault.look_up("0" * 32) is None


def test_a_vaults_file_is_its_owners_alone_and_is_not_touched_by_what_it_knows(duckdb_url: str):
    from warehouse.store import open_store
    from warehouse.vault import vault_file

    with open_store(duckdb_url) as store:
        path = vault_file(store)
        with open_vault(store) as vault:
            keep(vault, children())
        before = path.read_bytes(), path.stat().st_mtime_ns
        assert path.stat().st_mode & 0o777 == 0o600
        with open_vault(store) as vault:
            keep(vault, children())
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before
        assert path.parent == duckdb_path(duckdb_url).parent


def duckdb_path(url: str) -> Any:
    from pathlib import Path

    return Path(url.removeprefix("duckdb:///"))
