"""The tests catch every bug that `tests.faults.planted_bugs` plants, one at a time."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.bugs import PLANTED, Planted
from tests.faults.planted_bugs import CODE, BadlyPlanted, attempt, copied, with_bug
from tests.quorate.command import environment


def test_each_bug_has_a_name_of_its_own_and_says_what_it_would_do() -> None:
    assert Counter(bug.name for bug in PLANTED).most_common(1)[0][1] == 1
    assert all(bug.does.endswith(".") and len(bug.does) > 40 for bug in PLANTED)


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_a_bug_can_be_planted_in_the_program_as_it_is(bug: Planted) -> None:
    sound = (CODE / bug.file).read_text(encoding="utf-8")
    if bug.file.endswith(".toml"):
        assert tomllib.loads(with_bug(sound, bug)) != tomllib.loads(sound)
    else:
        assert ast.dump(ast.parse(with_bug(sound, bug))) != ast.dump(ast.parse(sound))
    assert not bug.file.startswith("tests/")


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_the_tests_that_should_catch_it_are_there(bug: Planted) -> None:
    for test in bug.tests:
        file, _, name = test.partition("::")
        text = (CODE / file).read_text(encoding="utf-8")
        assert f"def {name.partition('[')[0]}(" in text if name else "def test_" in text


@pytest.mark.long
def test_a_bug_is_caught_or_survives_and_what_does_not_run_is_neither(tmp_path: Path) -> None:
    copy, bug = copied(tmp_path), next(bug for bug in PLANTED if bug.name == "bank_holidays_count")
    assert attempt(copy, bug).caught_by == bug.tests[0]
    assert attempt(copy, replace(bug, new=bug.old + "  # as it was")).caught_by == ""
    for new in ("np.is_busday(", "np.is_busday(dayss)"):
        with pytest.raises(BadlyPlanted, match="the tests do not run"):
            attempt(copy, replace(bug, new=new))
    with pytest.raises(BadlyPlanted, match="stands 0 times"):
        attempt(copy, replace(bug, old="what is not there"))
    assert (copy / bug.file).read_bytes() == (CODE / bug.file).read_bytes()


@pytest.mark.long
@pytest.mark.hours
def test_every_planted_bug_is_caught() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.planted_bugs"],
        cwd=CODE, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.splitlines()[-1].startswith(f"{len(PLANTED)} planted, {len(PLANTED)} caught, 0 survived")
