"""A new key: every pseudonym and every hash changes, nothing else does, and a crash leaves the old or the new key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pyarrow as pa
import pytest
from sqlalchemy import delete, insert, select

from schemas.tables import all_tables
from tests.keys import KEY
from tests.warehouse.children_rows import CHILDREN, INVOLVEMENTS, clear_rows
from warehouse import rotation
from warehouse.children import CHILD_DECISIONS, CHILD_NUMBERS, decided
from warehouse.gathering import gather
from warehouse.keys import Key, WrongKey, recognise, register
from warehouse.ledger import Delivery, receive
from warehouse.pseudonyms import Protected, Vaulted, protect
from warehouse.rotation import RotationStopped, rotate
from warehouse.store import Store, bulk
from warehouse.tables import DELIVERIES, FACTS, HISTORY, KEYS, QUARANTINE, SIGHTINGS
from warehouse.vault import Vault, open_vault

NEW = Key(b"another key, as long as it must be", "QUORATE_NEW_KEY")
NOW = datetime(2026, 11, 23, 2, 30)
FEED = "csc_test"
CHANGED = (FACTS["children"], HISTORY["involvements"], SIGHTINGS, QUARANTINE, CHILD_NUMBERS)


@pytest.fixture
def vault(store: Store) -> Iterator[Vault]:
    with open_vault(store) as opened:
        yield opened


def protected(name: str, drawn: str, key: Key, *, refused: bool = False) -> Protected:
    return protect(clear_rows(name, drawn), all_tables()[name], FEED, key, refused=refused)


def load(store: Store, vault: Vault, key: Key = KEY) -> None:
    """A delivery of children and involvements: facts, an earlier row in the history, a sighting, two refused rows."""
    children, work = protected("children", CHILDREN, key), protected("involvements", INVOLVEMENTS, key)
    refused = protected("involvements", INVOLVEMENTS, key, refused=True)
    vault.keep(Vaulted.of(one.vaulted for one in (children, work, refused)), key)
    with store.writing() as connection:
        register(connection, key, NOW)
        receive(connection, delivery())
        for table, rows in ((FACTS["children"], children.rows), (HISTORY["involvements"], work.rows)):
            bulk(connection, table, of_delivery(rows))
        seen = pa.table({name: work.rows[name] for name in ("source_row", "row_key", "row_hash")})
        named = seen.append_column("table_name", pa.repeat("involvements", seen.num_rows))
        bulk(connection, SIGHTINGS, named.append_column("delivery_id", pa.repeat("d1", seen.num_rows)))
        for row in refused.rows.to_pylist():
            line = {"delivery_id": "d1", "table_name": "involvements", "state": "open", "opened_at": NOW}
            connection.execute(insert(QUARANTINE).values(source_row=row["source_row"], row_key=row["row_key"], **line))


def delivery() -> Delivery:
    return Delivery("d1", 1, FEED, "csc", "f.csv", "0" * 64, 1, NOW, NOW)


def of_delivery(rows: pa.Table) -> pa.Table:
    return rows.append_column("delivery_id", pa.repeat("d1", rows.num_rows))


def contents(store: Store) -> dict[str, list[dict[str, object]]]:
    """Everything that a key has to do with."""
    with store.reading() as connection:
        return {
            str(table): sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
            for table in CHANGED
        }


def test_after_a_rotation_everything_is_as_if_it_had_been_loaded_with_the_new_key(store: Store, vault: Vault):
    load(store, vault)
    rotated = rotate(store, vault, KEY, NEW, NOW)
    assert (rotated.version, rotated.rows) == (2, 5)
    with store.reading() as connection:
        assert recognise(connection, NEW) == 2
        with pytest.raises(WrongKey, match="holds key 1"):
            recognise(connection, KEY)
    found = contents(store)
    with store.writing() as connection:
        for table in (*CHANGED, DELIVERIES, KEYS):
            connection.execute(delete(table))
    load(store, vault, NEW)
    with store.writing() as connection:
        gather(connection)
    assert found == contents(store)


def test_the_vault_has_the_new_pseudonyms_and_forgets_the_old(store: Store, vault: Vault):
    load(store, vault)
    token = KEY.tokens("nhs", ["9990000018"])[0]
    found = vault.look_up(token)
    assert found is not None
    assert (found.kind, found.value) == ("nhs", "9990000018")
    rotate(store, vault, KEY, NEW, NOW)
    assert vault.look_up(token) is None
    assert vault.look_up(NEW.tokens("nhs", ["9990000018"])[0]) == found
    with vault.store.reading() as connection:
        assert date(2012, 2, 14) in set(connection.scalars(select(vault.details.c.born_on)))
        keys = {key for table in vault.tables for key in connection.scalars(select(table.c.key_fingerprint))}
    assert keys == {NEW.fingerprint}


@pytest.mark.parametrize("step", ["_rewrite_table", "gather", "forget"])
def test_a_crash_leaves_the_old_key_or_the_new_and_running_it_again_finishes(
    store: Store, vault: Vault, step: str, monkeypatch: pytest.MonkeyPatch
):
    load(store, vault)
    before = contents(store)

    def crash(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "forget":
            patch.setattr(Vault, "forget_other_keys", crash)
        else:
            patch.setattr(rotation, step, crash)
        with pytest.raises(KeyboardInterrupt):
            rotate(store, vault, KEY, NEW, NOW)
    with store.reading() as connection:
        if step == "forget":
            assert recognise(connection, NEW) == 2
        else:
            assert recognise(connection, KEY) == 1
    if step != "forget":
        assert contents(store) == before
    assert rotate(store, vault, KEY, NEW, NOW).version == 2
    with store.reading() as connection:
        assert recognise(connection, NEW) == 2
    assert vault.look_up(KEY.tokens("ref", ["LA1"])[0]) is None
    assert vault.look_up(NEW.tokens("ref", ["LA1"])[0]) is not None


def test_a_pseudonym_that_the_vault_does_not_know_stops_it_and_nothing_changes(store: Store, vault: Vault):
    load(store, vault)
    before = contents(store)
    with vault.store.writing() as connection:
        connection.execute(delete(vault.identifiers).where(vault.identifiers.c.value == "LA1"))
    with pytest.raises(RotationStopped, match="does not know"):
        rotate(store, vault, KEY, NEW, NOW)
    assert contents(store) == before


def test_a_key_that_is_not_the_warehouses_rotates_nothing(store: Store, vault: Vault):
    load(store, vault)
    with pytest.raises(WrongKey):
        rotate(store, vault, Key(b"not the key, but of the length of a key", "x"), NEW, NOW)


def test_what_a_person_decided_is_still_about_the_same_children(store: Store, vault: Vault):
    load(store, vault)
    one, other = sorted(f"ref:{token}" for token in KEY.tokens("ref", ["LA1", "LA2"]))
    with store.writing() as connection:
        said = {"decision": "confirmed", "decided_at": NOW, "decided_by": "A. Person", "because": "seen both"}
        connection.execute(insert(CHILD_DECISIONS).values(decision_id="1", one_number=one, other_number=other, **said))
    rotate(store, vault, KEY, NEW, NOW)
    with store.reading() as connection:
        found = decided(connection)
    assert found == {tuple(sorted(f"ref:{token}" for token in NEW.tokens("ref", ["LA1", "LA2"]))): "confirmed"}
