"""`quorate owed` and `quorate notify` as their users meet them: what they show, decide, and end with."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from quorate.exits import Exit
from tests.flows.listening import Hook, listening
from tests.quorate.command import partnership, quorate

WHO = ("--by", "A. Manager", "--why", "a new system")
LAST_MONTH = f"{date.fromordinal(date.today().replace(day=1).toordinal() - 1):%Y-%m}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partnership after its first night, in which the Havens have never sent anything."""
    folder = partnership(tmp_path_factory.mktemp("partnership"), "health_gp_emis", "lscp_audit")
    (folder / "landing" / "sarc_havens").mkdir()
    quorate("nightly", "--home", folder)
    return folder


def test_who_owes_what_is_a_table_and_as_json_has_the_whole_register(home):
    table, as_json = quorate("owed", "--home", home), quorate("owed", "--home", home, "--json")
    assert table.returncode == as_json.returncode == Exit.MISSING
    assert "lscp_audit" not in table.stdout  # it came
    (line,) = [line for line in table.stdout.splitlines() if line.startswith("sarc_havens")]
    assert line.split()[:4] == ["sarc_havens", "sarc", "month", "missing"]
    register = {one["feed"]: one for one in json.loads(as_json.stdout)}
    assert {name: one["standing"] for name, one in register.items() if name != "health_gp_emis"} == {
        "lscp_audit": "here", "sarc_havens": "missing",
    }  # fmt: skip
    havens = register["sarc_havens"]
    assert (havens["contact"], havens["due_working_day"], havens["level_name"]) == ("safeguarding lead", 10, "reminder")
    assert havens["why"].startswith("evidence for ")
    assert "evidence for" in quorate("owed", "--all", "--home", home).stdout


def test_snooze_and_excuse_are_kept_and_taken_back(home):
    done = quorate("owed", "snooze", "sarc_havens", "--until", "2049-06-30", *WHO, "--home", home)
    assert (done.returncode, "snoozed until 2049-06-30" in done.stdout) == (Exit.OK, True)
    status = quorate("status", "--home", home)
    assert "snoozed sarc_havens (sarc) until 30 June 2049, by A. Manager: a new system" in status.stderr
    assert "late sarc_havens" not in status.stderr
    done = quorate("owed", "excuse", "sarc_havens", "--period", LAST_MONTH, *WHO, "--home", home, "--json")
    assert [one["period"] for one in json.loads(done.stdout)["excused"]] == [LAST_MONTH]
    for words in (("unsnooze", "sarc_havens"), ("unexcuse", "sarc_havens", "--period", LAST_MONTH)):
        assert quorate("owed", *words, *WHO, "--home", home).returncode == Exit.OK
    assert "late sarc_havens (sarc) has never delivered" in quorate("status", "--home", home).stderr


@pytest.mark.parametrize(
    ("words", "what", "means"),
    [
        (("snooze", "sarc_havens", "--until", "2049-06-30"), "until 30 June 2049, ", "Nobody is chased for it until"),
        (("unsnooze", "sarc_havens"), "", "From now on it is chased again where it is overdue."),
        (("excuse", "sarc_havens", "--period", LAST_MONTH), f"{LAST_MONTH}, ", "Nobody is asked for that period"),
        (("unexcuse", "sarc_havens", "--period", LAST_MONTH), f"{LAST_MONTH}, ", "That period is owed again"),
        (("snooze", "lscp_audit", "--until", "2049-06-30"), "until 30 June 2049, ", "Nobody is chased for it until"),
        (("unsnooze", "lscp_audit"), "", "From now on it is chased again where it is overdue."),
    ],
)
def test_a_decision_shows_its_feed_and_what_was_decided_by_whom(home, words, what, means):
    """Of a feed that has come as well: nobody has to look for what they have just decided."""
    word, feed, *_ = words
    done = quorate("owed", *words, *WHO, "--home", home)
    assert done.returncode == Exit.OK
    headings, line = done.stdout.splitlines()[:2]
    assert (headings.split()[0], line.split()[0]) == ("feed", feed)
    assert f"{word} {feed} ({line.split()[1]}) {what}by A. Manager: a new system" in done.stderr
    assert means in " ".join(done.stderr.split())


def test_a_snooze_of_a_feed_that_has_come_is_in_the_register(home):
    quorate("owed", "snooze", "lscp_audit", "--until", "2049-06-30", *WHO, "--home", home)
    register = json.loads(quorate("owed", "--all", "--home", home, "--json").stdout)
    assert {one["feed"]: one["standing"] for one in register if one["snoozed"]} == {"lscp_audit": "here"}
    lines = quorate("owed", "--all", "--home", home).stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("lscp_audit"))
    assert "here, snoozed until" in lines[place]
    quorate("owed", "unsnooze", "lscp_audit", *WHO, "--home", home)


def test_what_is_held_has_come_and_is_shown(tmp_path):
    home = partnership(tmp_path, "police_niche")
    (file,) = (home / "landing" / "police_niche").iterdir()
    file.with_name(f"{file.name}.manifest.json").write_text('{"rows": 99}', encoding="utf-8")
    settings = (home / "quorate.toml").read_text(encoding="utf-8")
    once = f'{settings}[agreements.police_niche]\nevery = "once"\n'
    (home / "quorate.toml").write_text(once, encoding="utf-8")
    quorate("nightly", "--home", home)
    shown = quorate("owed", "--home", home)
    assert shown.returncode == Exit.OK
    (line,) = [line for line in shown.stdout.splitlines() if line.startswith("police_niche")]
    assert line.split()[3:6] == ["held", "held:", "once"]
    assert "waits for a person here" in shown.stderr
    (one,) = json.loads(quorate("owed", "--home", home, "--json").stdout)
    assert (one["standing"], one["held"], one["owed"]) == ("held", ["once"], [])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("snooze", "sarc_havens", "--until", "2049-06-30"), "Missing option '--by'"),
        (("snooze", "sarc_havens", "--until", "2020-01-01", *WHO), "the last day lies in the past"),
        (("snooze", "nosuch", "--until", "2049-06-30", *WHO), "No feed that is owed is named so; these are: health_gp"),
        (("excuse", "sarc_havens", "--period", "soon", *WHO), "within a year of today there are: "),
        (("unsnooze", "sarc_havens", *WHO), "sarc_havens is not snoozed"),
    ],
)
def test_what_cannot_be_decided_is_a_usage_error_that_says_what_can(home, words, says):
    done = quorate("owed", *words, "--home", home)
    assert done.returncode == Exit.USAGE
    assert says in done.stderr


def test_notify_shows_first_then_tells_once(home):
    shown = quorate("notify", "--dry-run", "--home", home)
    assert shown.returncode == Exit.OK
    assert shown.stdout.startswith("Drawn Partnership: ")
    assert "1 return has never come." in shown.stdout
    assert "Nobody is told: QUORATE_NOTIFY is not set. A channel would be told of 2 events:" in shown.stderr
    (as_json,) = json.loads(quorate("notify", "--dry-run", "--home", home, "--json").stdout)["messages"]
    assert (as_json["channel"], as_json["is_told"]) == (None, False)
    with listening(Hook()) as hook:
        for expected in ("was told of", "nothing that anybody has not been told"):
            done = quorate("notify", "--home", home, QUORATE_NOTIFY=hook.address)
            assert (done.returncode, expected in done.stderr) == (Exit.OK, True)
        assert len(hook.took) == 1
    down = quorate("notify", "--home", home, QUORATE_NOTIFY=json.dumps({"board": hook.address}))
    assert down.returncode == Exit.INFRASTRUCTURE
    assert "board was not told of" in down.stderr
    assert "xyzzy" not in down.stderr + down.stdout


def test_notification_blocks_are_told_where_their_server_is_known(home):
    blocks = '["slack-webhook/board"]'
    shown = quorate("notify", "--dry-run", "--home", home, QUORATE_NOTIFY_BLOCKS=blocks, PREFECT_API_URL="")
    assert "notify_blocks are told where PREFECT_API_URL is set" in shown.stderr
    assert "slack-webhook/board" not in shown.stderr
    known = {"QUORATE_NOTIFY_BLOCKS": blocks, "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    shown = quorate("notify", "--dry-run", "--home", home, **known)
    assert "slack-webhook/board would be told of 2 events" in shown.stderr
    gone = quorate("notify", "--home", home, **known)
    assert gone.returncode == Exit.INFRASTRUCTURE
    assert "slack-webhook/board was not told of 2 events: its block failed" in " ".join(gone.stderr.split())
