"""After a new key or a person's word on two numbers: what readers see, and when."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows import identities, publication, sweep
from flows.key_rotation import rotate_key
from flows.settings import Settings, settings_of
from schemas.tables.children import Children
from tests.keys import KEY
from tests.warehouse.children_rows import clear_rows
from warehouse.candidates import candidates
from warehouse.children import CHILD_NUMBERS
from warehouse.pseudonyms import protect
from warehouse.store import Store, open_store
from warehouse.tables import FACTS, MEASURES
from warehouse.vault import open_vault

NIGHT = datetime(2026, 5, 25, 2, 30)
MORNING = NIGHT + timedelta(hours=7)
FIXTURES = Path("tests/fixtures")
NEW_KEY = "a7" * 32
TWO_RECORDS = """
said_by    | child_ref | upn | born_on    | surname | forename | postcode
csc        | LA1       |     | 2012-02-14 | Smith   | Adela    | ZZ1 2AB
edu_school |           | U1  | 2012-02-14 | SMITH   | Adela    | zz12ab
"""


def published(folder: Path, url: str) -> Settings:
    """A partnership whose first night is published."""
    shutil.copytree(FIXTURES / "csc_mosaic", folder / "landing" / "csc_mosaic")
    settings = settings_of(folder, url)
    sweep.nightly(settings, NIGHT)
    return settings


@pytest.fixture
def home(tmp_path: Path, url: str) -> Settings:
    return published(tmp_path, url)


@pytest.fixture
def embedded(tmp_path: Path, duckdb_url: str) -> Settings:
    """On DuckDB, where analysts have a copy."""
    return published(tmp_path, duckdb_url)


def pseudonyms(address: str) -> set[str]:
    """Of the children's own numbers at the local authority."""
    with open_store(address, read_only=True) as store, store.reading() as connection:
        return {one for one in connection.scalars(select(FACTS["meeting_children"].c.child_ref)) if one}


def links(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return sorted(connection.execute(select(CHILD_NUMBERS.c.number, CHILD_NUMBERS.c.child)).tuples().all())


def rotate(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Change the key; returns whether the analysts' copy followed at once."""
    with open_store(settings.warehouse_url) as store, monkeypatch.context() as patch:
        patch.setenv("QUORATE_NEW_KEY", NEW_KEY)
        done = rotate_key(settings, store, MORNING)
    monkeypatch.setenv("QUORATE_KEY", NEW_KEY)
    return done.is_copied


def test_after_a_rotation_analysts_have_the_pseudonyms_of_the_warehouse(
    embedded: Settings, monkeypatch: pytest.MonkeyPatch
):
    before = pseudonyms(str(embedded.analysts_file))
    assert rotate(embedded, monkeypatch)
    after = pseudonyms(str(embedded.analysts_file))
    assert after == pseudonyms(embedded.warehouse_url)
    assert len(after) == len(before) > 0
    assert after.isdisjoint(before)


def test_what_waits_to_be_published_is_not_shown_by_a_rotation_and_the_publication_brings_the_pseudonyms(
    embedded: Settings, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(FIXTURES / "csc_learning", embedded.landing / "csc_learning")
    with sweep.open_warehouse(embedded) as store:
        sweep.deliver_all(sweep.landed(embedded)[0], store, embedded, MORNING, lambda _: None)
    before = pseudonyms(str(embedded.analysts_file))
    assert not rotate(embedded, monkeypatch)
    assert pseudonyms(str(embedded.analysts_file)) == before
    sweep.nightly(embedded, NIGHT + timedelta(days=1))
    assert pseudonyms(str(embedded.analysts_file)) == pseudonyms(embedded.warehouse_url)


def test_a_persons_word_on_two_numbers_waits_for_the_publication_which_is_due(home: Settings):
    with open_store(home.warehouse_url) as store:
        with open_vault(store) as vault:
            vault.keep(protect(clear_rows("children", TWO_RECORDS), Children, "f", KEY).vaulted, KEY)
            with store.reading() as connection:
                (pair,) = candidates(connection, vault, KEY)
                figures = connection.execute(select(MEASURES)).all()
        before = links(store)
        assert not publication.is_due(store)
        said = {"by": "A. Person", "why": "both records seen", "now": NIGHT - timedelta(days=30)}  # by a slow clock
        identities.decide(home, store, pair.candidate_id, "confirmed", **said)
        with store.reading() as connection:
            assert sorted(connection.execute(select(MEASURES)).all(), key=repr) == sorted(figures, key=repr)
        assert links(store) == before
        assert publication.is_due(store)
    assert sweep.nightly(home, NIGHT + timedelta(days=1)).report is not None
    # it is in the figures: nothing is due any more
    assert sweep.nightly(home, NIGHT + timedelta(days=2)).report is None
    two = {pair.one.number, pair.other.number}
    seen = [home.warehouse_url, *([str(home.analysts_file)] if home.analysts_file.exists() else [])]
    for address in seen:
        with open_store(address, read_only=True) as store:
            assert len({child for number, child in links(store) if number in two}) == 1
