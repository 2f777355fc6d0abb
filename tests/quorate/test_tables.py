"""Tables that fit their terminal: what is cut, what is left out and what is never broken; and in a real one."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from quorate.tables import drawn
from tests.quorate.command import COMMAND, environment, partnership, quorate

LONG = "NICHE_2026-10_everything_of_the_public_protection_team.zip"


def lines(headings: tuple[str, ...], *rows: tuple[str, ...], terminal: int) -> list[str]:
    """The table as such a terminal shows it."""
    shown = StringIO()
    Console(width=terminal, file=shown).print(drawn(headings, rows, terminal))
    return [line.rstrip() for line in shown.getvalue().splitlines()]


def test_what_may_be_cut_is_cut_and_the_rest_stays_on_its_line():
    headings = ("feed", "…file", "~received", "=state", ">loaded")
    row = ("health_school_nursing_esr", LONG, "2026-11-02 02:30", "published", "1,234,567")
    assert lines(headings, row, terminal=57) == [
        "feed                       file      state         loaded",
        "health_school_nursing_esr  NICHE_2…  published  1,234,567",
    ]
    assert LONG in lines(headings, row, terminal=140)[1]
    assert "2026-11-02 02:30" in lines(headings, row, terminal=140)[1]


@pytest.mark.parametrize(
    ("terminal", "shown"),
    [
        (140, ["feed", "agency", "standing", "level", "contact"]),
        (60, ["feed", "standing", "level", "contact"]),
        (46, ["feed", "standing", "contact"]),
    ],
)
def test_columns_are_left_out_by_their_marks_and_words_are_not_broken(terminal, shown):
    headings = ("feed", "~agency", "standing", "-level", "contact")
    row = ("police_niche", "police", "snoozed until 2026-12-31", "chair's office", "designated safeguarding lead")
    found = lines(headings, row, terminal=terminal)
    assert found[0].split() == shown
    words = " ".join(found).split()
    assert {"2026-12-31", "designated", "safeguarding", "lead"} <= set(words)


def test_a_word_is_broken_only_where_nothing_else_helps_and_numbers_never():
    found = lines(("feed", "standing", ">rows"), ("police_niche", "incomprehensible", "1,234,567"), terminal=33)
    assert found[1].split()[::2] == ["police_niche", "1,234,567"]
    assert "incomprehensible" in re.sub(r"\s", "", " ".join(line[14:22] for line in found[1:]))


def test_a_table_of_nothing_is_its_headings():
    assert lines(("feed", "…file", ">rows"), terminal=80) == ["feed  file  rows"]


def in_a_terminal(*words: str | Path, columns: int = 80) -> list[str]:
    """What a command shows in a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = [*COMMAND, *map(str, words)]
    settings = environment(TERM="dumb")
    settings.pop("COLUMNS", None)
    with subprocess.Popen(command, env=settings, stdout=theirs, stderr=subprocess.DEVNULL, stdin=theirs):
        os.close(theirs)
        said = b""
        while block := _read(ours):
            said += block
    os.close(ours)
    return [line.rstrip() for line in said.decode().splitlines()]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so that the other end is closed
        return b""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a long name has come, and the Havens have never sent anything."""
    folder = partnership(tmp_path_factory.mktemp("partnership"), "police_niche")
    (file,) = (folder / "landing" / "police_niche").iterdir()
    file.rename(file.with_name(f"{'x' * 60}_{file.name}"))
    (folder / "landing" / "sarc_havens").mkdir()
    with (folder / "quorate.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"[agreements.sarc_havens]\nbegins_on = {date.today().year - 1}-01-01\n")
        settings.write('contact = "designated safeguarding lead"\n')
    quorate("nightly", "--home", folder)
    return folder


def test_status_is_a_line_a_feed_in_eighty_columns(home):
    said = in_a_terminal("status", "--home", home)
    assert [line.split()[0] for line in said] == ["feed", "police_niche"]
    assert re.fullmatch(r"police_niche +x+… +\w{3} \d{4} +published +[\d,]+ +[\d,]+", said[1])
    assert len(said[1]) <= 80


def test_owed_tells_whom_to_ask_in_eighty_columns(home):
    said = in_a_terminal("owed", "--home", home)
    assert all(len(line) <= 80 for line in said)
    assert said[0].split() == ["feed", "standing", "owed", "since", "level", "contact"]
    words = " ".join(said).split()
    assert {"sarc_havens", "missing", "designated", "safeguarding", "lead", "board"} <= set(words)
