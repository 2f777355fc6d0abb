"""Agencies send files by HTTP: a real server on loopback, and senders that are honest, clumsy or hostile."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Thread

import httpx
import pytest

from connectors.agency import all_feeds
from flows import drop_receipts, drop_room, drop_server, drop_tokens, landing, sweep
from flows.drop import TOKENS
from flows.settings import Drop, Settings, settings_of

FEED = all_feeds()["edu_school_cpoms"].name
OTHER = all_feeds()["police_niche"].name
SCHOOLS = all_feeds()["edu_school_learning"].name
"""A feed that several send, in the tests that say so: ``oak-2026-04.csv``."""
FIXTURE = Path("tests/fixtures/edu_school_cpoms/cpoms_export_2026-04.csv")
NOW = datetime(2026, 5, 25, 2, 30)


@dataclass
class Drops:
    """A server that runs, and a token."""

    address: str
    settings: Settings
    token: str

    def send(
        self, body: object, name: str = "a.csv", *, feed: str = FEED, token: str = "", **said: str
    ) -> httpx.Response:
        return httpx.post(
            f"{self.address}/drop/{feed}",
            params={"name": name, **said},
            content=body,
            headers=self.who(token),
            timeout=30,
        )

    def ask(self, receipt: str, token: str = "") -> httpx.Response:
        return httpx.get(f"{self.address}/receipts/{receipt}", headers=self.who(token))

    def who(self, token: str = "") -> dict[str, str]:
        return {"authorization": f"Bearer {token or self.token}"}

    def token_of(self, holder: str, feed: str = FEED, part: str = "") -> str:
        return drop_tokens.make(self.settings.home / TOKENS, all_feeds()[feed], holder, NOW, part)[1]

    def landed(self) -> dict[str, bytes]:
        """Whatever lies in the folders of the landing zone, hidden or not."""
        return {path.name: path.read_bytes() for path in sorted(self.settings.landing.glob("*/*")) if path.is_file()}

    def says(self, request: bytes) -> bytes:
        """What the server answers to bytes that are no library's, until it ends the connection."""
        host, port = self.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(request)
            answer = b""
            while block := connection.recv(65536):
                answer += block
            return answer


def running(home: Path, **limits: object) -> Iterator[Drops]:
    settings = settings_of(home).model_copy(update={"drop": Drop.model_validate(limits)})
    (settings.landing / FEED).mkdir(parents=True)
    server = drop_server.server(settings, "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    token = drop_tokens.make(home / TOKENS, all_feeds()[FEED], "school", NOW)[1]
    yield Drops(f"http://127.0.0.1:{port}", settings, token)
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def drops(tmp_path: Path) -> Iterator[Drops]:
    yield from running(tmp_path)


@pytest.fixture
def _schools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several schools send `SCHOOLS`, each under its own name."""
    feed = replace(all_feeds()[SCHOOLS], part=r"^([a-z]+)-")
    monkeypatch.setitem(all_feeds(), SCHOOLS, feed)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Drops]:
    """With small limits."""
    yield from running(tmp_path, max_mib=1, seconds=2, idle_seconds=0.5, at_once=3, at_once_each=2)


def test_a_file_that_is_sent_lands_whole_and_gets_a_receipt(drops):
    body = os.urandom(3_000_000)
    answer = drops.send(body)
    told = answer.json()
    assert answer.status_code == 202
    assert (told["sha256"], told["bytes"], told["state"]) == (sha256(body).hexdigest(), 3_000_000, "landed")
    assert drops.landed() == {"a.csv": body}
    assert [file.path.name for file in landing.settled(drops.settings).ready] == ["a.csv"]
    assert drops.ask(told["receipt"]).json() == told


def test_the_verdict_is_asked_for_by_receipt_once_the_night_has_been(drops):
    told = drops.send(FIXTURE.read_bytes(), FIXTURE.name).json()
    broken = drops.send(b"no header of theirs\n", "broken_2026-05.csv").json()
    short = drops.send(FIXTURE.read_bytes() + b"\n", "cpoms_export_2026-03.csv", rows="99").json()
    assert json.loads(drops.landed()["cpoms_export_2026-03.csv.manifest.json"]) == {"rows": 99}
    sweep.nightly(drops.settings, NOW)
    verdict, refused, held = [drops.ask(one["receipt"]).json() for one in (told, broken, short)]
    assert [one["state"] for one in (verdict, refused, held)] == ["published", "refused", "held"]
    assert verdict["rows_in"] == sum(verdict[f"rows_{name}"] for name in ("loaded", "unchanged", "refused", "ignored"))
    assert [(one["rule"], one["rows"]) for one in verdict["findings"]] == [("attendance_code.in_code_list", 1)]
    assert refused["refused_because"].startswith("file.")
    assert "where its manifest says 99" in held["held_because"]
    words = {word for line in FIXTURE.read_text("cp1252").splitlines()[1:] for word in line.split(",") if len(word) > 5}
    assert not [word for word in words if word in json.dumps([verdict, refused, held])]
    assert drops.send(FIXTURE.read_bytes(), FIXTURE.name).json() == verdict


def test_the_same_file_twice_lands_once_and_has_one_receipt(drops):
    first, again = drops.send(b"one"), drops.send(b"one", "b.csv")
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    assert drops.landed() == {"a.csv": b"one"}


def test_another_file_of_the_same_name_lies_beside_the_first(drops):
    drops.send(b"one")
    assert drops.send(b"corrected").json()["file_name"] == "a~002.csv"
    assert drops.landed() == {"a.csv": b"one", "a~002.csv": b"corrected"}


def test_a_file_that_was_taken_away_unread_can_be_sent_again(drops):
    drops.send(b"one")
    (drops.settings.landing / FEED / "a.csv").unlink()
    assert drops.send(b"one").status_code == 202
    assert drops.landed() == {"a.csv": b"one"}


@pytest.mark.usefixtures("_schools")
def test_nobody_sees_or_sends_with_anothers_token(drops):
    oak, elm = drops.token_of("Oak School", SCHOOLS, "oak"), drops.token_of("Elm School", SCHOOLS, "elm")
    police = drops.token_of("police", OTHER)
    told = drops.send(b"one", "oak-a.csv", feed=SCHOOLS, token=oak).json()
    assert drops.send(b"one", token=police).status_code == 403
    assert drops.send(b"one", feed=OTHER).status_code == 403
    assert drops.send(b"one", feed="nothing").status_code == 403
    assert [drops.ask(told["receipt"], token).status_code for token in (elm, police, "x")] == [404, 404, 401]
    same = drops.send(b"one", "elm-a.csv", feed=SCHOOLS, token=elm)
    assert same.status_code == 202  # that somebody else sent these bytes is not told
    assert same.json()["receipt"] != told["receipt"]
    assert drops.ask(told["receipt"], drops.token_of("Oak School", SCHOOLS, "oak")).status_code == 200


@pytest.mark.usefixtures("_schools")
def test_a_token_sends_its_own_part_of_a_feed_and_no_other(drops):
    oak = drops.token_of("Oak School", SCHOOLS, "oak")
    sent = [drops.send(b"x", name, feed=SCHOOLS, token=oak) for name in ("oak-a.csv", "elm-a.csv", "a.csv")]
    assert [answer.status_code for answer in sent] == [202, 403, 403]
    assert drops.landed() == {"oak-a.csv": b"x"}


def test_a_token_from_before_the_feed_had_parts_sends_nothing_any_more(drops, monkeypatch):
    monkeypatch.setitem(all_feeds(), FEED, replace(all_feeds()[FEED], part=r"^([a-z]+)-"))
    assert [drops.send(b"x", name).status_code for name in ("oak-a.csv", "a.csv")] == [403, 403]


def test_nobody_gets_a_token_by_which_their_file_would_take_the_place_of_anothers(drops, monkeypatch):
    drops.token_of("school")  # the same sender may have several
    with pytest.raises(drop_tokens.NotGiven, match="give the feed a part in its connector"):
        drops.token_of("another school")
    with pytest.raises(drop_tokens.NotGiven, match="no parts"):
        drops.token_of("school", part="oak")
    monkeypatch.setitem(all_feeds(), OTHER, replace(all_feeds()[OTHER], part="^([a-z]+)-"))
    drops.token_of("Oak", OTHER, "oak")
    drops.token_of("Elm", OTHER, "elm")
    with pytest.raises(drop_tokens.NotGiven, match="sends this part"):
        drops.token_of("Ash", OTHER, "oak")
    with pytest.raises(drop_tokens.NotGiven, match="--part"):
        drops.token_of("Ash", OTHER)


def test_tokens_made_and_revoked_at_once_all_count(tmp_path):
    file = tmp_path / TOKENS
    old = [drop_tokens.make(file, all_feeds()[FEED], "school", NOW)[0] for _ in range(12)]
    with ThreadPoolExecutor(24) as pool:
        made = [pool.submit(drop_tokens.make, file, all_feeds()[FEED], "school", NOW) for _ in range(12)]
        revoked = [pool.submit(drop_tokens.revoke, file, one.token_id) for one in old]
    assert all(one.result() for one in revoked)
    assert {one.token_id for one in drop_tokens.tokens(file)} == {one.result()[0].token_id for one in made}


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer \xff\xfe", "Bearer " + "x" * 5000])
def test_without_a_token_nothing_is_read(drops, said):
    answer = httpx.post(
        f"{drops.address}/drop/{FEED}?name=a.csv", content=b"x", headers={"authorization": said.encode("latin1")}
    )
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert drops.landed() == {}


def test_a_revoked_token_opens_nothing_from_then_on(drops):
    (kept,) = drop_tokens.tokens(drops.settings.home / TOKENS)
    assert drops.send(b"one").status_code == 202
    assert drop_tokens.revoke(drops.settings.home / TOKENS, kept.token_id)
    assert drops.send(b"two").status_code == 401
    file = drops.settings.home / TOKENS
    assert file.stat().st_mode & 0o777 == 0o600
    assert drops.token not in file.read_text()


@pytest.mark.parametrize(
    "name",
    ["", "../a.csv", "/etc/passwd", "..%2fa.csv/../x.csv", "a\0.csv", "a\n.csv", ".a.csv", "a.csv.part", "a.exe",
     "x" * 300 + ".csv", "a.csv.manifest.json", "C:\\a.csv", "a.csv ", "\u202ea.csv"],
)  # fmt: skip
def test_hostile_names_are_refused_and_not_repeated(drops, name):
    answer = drops.send(b"x", name)
    assert answer.status_code == 422
    assert not name or name not in answer.text
    assert drops.landed() == {}


@pytest.mark.parametrize(
    "path", ["/", "/drop", "/drop/", "/receipts", "/receipts/", "/docs", "/landing", "/receipts/../../quorate.key",
             "/receipts/%2e%2e%2fdrop-tokens", "/drop/..%2f..%2fx?name=a.csv", "/%00", f"/drop/{FEED}/"],
)  # fmt: skip
def test_there_is_nothing_else_to_be_had(drops, path):
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        answer = httpx.request(method, drops.address + path, headers=drops.who())
        assert answer.status_code in (403, 404, 405)
        assert set(answer.json()) == {"error"}
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in answer.headers
    assert drops.landed() == {}


def test_what_is_too_large_is_refused_before_and_while_it_comes(strict):
    assert strict.send(b"x" * 1_048_576).status_code == 202
    begin = f"POST /drop/{FEED}?name=b.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {strict.token}\r\n".encode()
    assert strict.says(begin + b"content-length: 1048577\r\n\r\n").startswith(b"HTTP/1.1 413")

    def pieces() -> Iterator[bytes]:
        for _ in range(17):
            yield b"x" * 65536

    assert strict.send(pieces(), "c.csv").status_code == 413
    assert list(strict.landed()) == ["a.csv"]


def test_a_slow_sender_is_not_waited_for(strict):
    begin = f"POST /drop/{FEED}?name=a.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {strict.token}\r\n".encode()
    began = time.monotonic()
    assert strict.says(begin + b"content-length: 100\r\n\r\nhalf").startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 3

    def drip() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x"
            time.sleep(0.2)

    began = time.monotonic()
    try:
        status = strict.send(drip()).status_code
    except httpx.HTTPError:  # whoever goes on sending may not hear the answer
        status = 408
    assert status == 408
    assert time.monotonic() - began < 6
    assert strict.landed() == {}


def test_whoever_says_nothing_is_shown_out(drops, monkeypatch):
    monkeypatch.setattr(drop_server, "TO_BEGIN", 0.5)
    began = time.monotonic()
    assert drops.says(b"") == b""
    assert drops.says(b"POST /drop/x HTTP/1.1\r\nx: ") == b""
    assert time.monotonic() - began < 5


def test_half_a_body_leaves_nothing(drops):
    host, port = drops.address.removeprefix("http://").split(":")
    begin = f"POST /drop/{FEED}?name=a.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {drops.token}\r\n".encode()
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(begin + b"content-length: 100000\r\n\r\n" + b"x" * 50_000)
        time.sleep(0.3)
    time.sleep(0.5)
    assert drops.landed() == {}
    assert drops.send(b"whole").status_code == 202


def test_a_file_spoilt_on_its_way_is_refused_where_its_hash_was_said(drops):
    assert drops.send(b"one", sha256=sha256(b"two").hexdigest()).status_code == 422
    assert drops.send(b"one", sha256=sha256(b"one").hexdigest().upper()).status_code == 202
    assert drops.send(b"").status_code == 422
    assert drops.send(b"x", rows="many").status_code == 422


def test_compressed_bodies_are_not_unpacked_and_not_taken(drops):
    headers = {**drops.who(), "content-encoding": "gzip"}
    answer = httpx.post(f"{drops.address}/drop/{FEED}?name=a.csv", content=b"x", headers=headers)
    assert answer.status_code == 415


def test_many_senders_at_once_each_get_their_own_and_the_same_bytes_land_once(drops):
    drops.settings.drop.at_once, drops.settings.drop.at_once_each = 40, 40
    bodies = [f"body {number % 10}".encode() * 1000 for number in range(40)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(drops.send, bodies))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert [answer.json()["sha256"] for answer in answers] == [sha256(body).hexdigest() for body in bodies]
    assert sorted(drops.landed().values()) == sorted(set(bodies))


def test_one_sender_does_not_take_every_place(strict):
    strict.settings.drop.idle_seconds = 3
    begin = f"POST /drop/{FEED}?name=a.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {strict.token}\r\n".encode()
    host, port = strict.address.removeprefix("http://").split(":")
    police = strict.token_of("police", OTHER)
    slow = [socket.create_connection((host, int(port))) for _ in range(2)]
    for connection in slow:
        connection.sendall(begin + b"content-length: 100\r\n\r\nhalf")
    time.sleep(0.5)
    answer = strict.send(b"one")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert strict.send(b"two", "a.zip", feed=OTHER, token=police).status_code == 202
    for connection in slow:
        connection.close()
    time.sleep(0.5)
    assert strict.send(b"one", "b.csv").status_code == 202


def test_what_goes_wrong_with_us_is_said_without_a_trace(drops, monkeypatch, capfd):
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("a value of the data")

    monkeypatch.setattr("flows.drop_landing.place", fail)
    answer = drops.send(b"x")
    assert (answer.status_code, set(answer.json())) == (500, {"error"})
    told = answer.text + "".join(capfd.readouterr())
    assert "a value of the data" not in told
    assert "Traceback" not in told
    assert drops.landed() == {}


MIB = 2**20


def disk_with(monkeypatch: pytest.MonkeyPatch, free: int) -> list[int]:
    """A disk on which so many bytes are free besides those that are kept for the night; what is in the list counts."""
    left = [free]
    monkeypatch.setattr("flows.drop_room.free_bytes", lambda _folder: drop_room.SPARE + left[0])
    return left


def slowly(pieces: int, pause: float) -> Iterator[bytes]:
    """A body whose length nobody says."""
    for _ in range(pieces):
        yield b"x" * 65536
        time.sleep(pause)


def test_a_disk_without_room_takes_nothing(drops, monkeypatch):
    disk_with(monkeypatch, MIB)
    assert drops.send(b"x" * MIB).status_code == 507
    assert drops.landed() == {}
    assert drops.send(b"x" * (MIB // 2)).status_code == 202  # it will lie there twice


def test_a_body_whose_length_nobody_says_needs_room_for_the_largest(strict, monkeypatch):
    disk_with(monkeypatch, 2 * MIB - 1)
    assert strict.send(slowly(1, 0)).status_code == 507
    disk_with(monkeypatch, 2 * MIB)
    assert strict.send(slowly(1, 0)).status_code == 202


def test_files_sent_at_once_do_not_count_on_the_same_room(drops, monkeypatch):
    disk_with(monkeypatch, 3 * MIB)
    begin = f"POST /drop/{FEED}?name=a.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {drops.token}\r\n".encode()
    host, port = drops.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(begin + b"content-length: 1048576\r\n\r\nhalf")
        time.sleep(0.5)
        assert drops.send(b"x" * MIB, "b.csv").status_code == 507
    time.sleep(0.5)
    assert drops.send(b"x" * MIB, "b.csv").status_code == 202


def test_what_has_landed_needs_room_in_the_archive_until_a_run_has_put_it_there(drops, monkeypatch):
    disk_with(monkeypatch, 3 * MIB)
    assert drops.send(b"x" * MIB).status_code == 202
    assert drops.send(b"y" * MIB + b"y").status_code == 507
    assert drops.send(b"y" * MIB).status_code == 202


def test_a_disk_that_runs_short_while_a_file_comes_is_noticed(drops, monkeypatch):
    left = disk_with(monkeypatch, 2000 * MIB)

    def pieces() -> Iterator[bytes]:
        yield b"x" * 65536
        time.sleep(0.3)
        left[0] = 0  # the night has begun
        yield b"x" * 65536
        time.sleep(0.3)

    assert drops.send(pieces()).status_code == 507
    assert drops.landed() == {}


def test_one_sender_cannot_fill_the_disk_with_files_that_wait(strict):
    strict.settings.drop.waiting_mib = 2
    assert [strict.send(bytes([one]) * MIB, f"{one}.csv").status_code for one in range(3)] == [202, 202, 429]
    assert strict.send(b"police", "a.zip", feed=OTHER, token=strict.token_of("police", OTHER)).status_code == 202
    with drop_receipts.changing(strict.settings.home / "drops"):
        receipt = next(one for one in drop_receipts.every(strict.settings.home / "drops") if one.file_name == "0.csv")
        drop_receipts.keep(strict.settings.home / "drops", replace(receipt, verdict={"state": "published"}))
    assert strict.send(b"2" * MIB, "2.csv").status_code == 202  # a run has dealt with one
    (strict.settings.landing / FEED / "1.csv").unlink()
    assert strict.send(b"3" * MIB, "3.csv").status_code == 202  # somebody took one away


def test_rows_that_were_said_wrong_are_put_right_until_a_run_has_dealt_with_the_file(drops):
    content, name = FIXTURE.read_bytes(), FIXTURE.name
    first = drops.send(content, name, rows="99")
    again = drops.send(content, name, rows="7")
    unsaid = drops.send(content, name)
    assert [one.json()["rows_said"] for one in (first, again, unsaid)] == [99, 7, 7]
    assert [one.status_code for one in (first, again, unsaid)] == [202, 200, 200]
    assert json.loads(drops.landed()[f"{name}.manifest.json"]) == {"rows": 7}
    sweep.nightly(drops.settings, NOW)
    assert drops.send(content, name, rows="7").json()["state"] == "held"
    late = drops.send(content, name, rows="8")
    assert late.status_code == 409
    assert "the partnership can release it or withdraw it" in late.json()["error"]
    assert drops.ask(first.json()["receipt"]).json()["rows_said"] == 7


def test_a_crash_before_the_end_of_a_landing_is_made_good_by_sending_again(drops):
    drops.settings.waits_for[FEED] = "done"
    drops.send(b"x", rows="1")
    folder = drops.settings.landing / FEED
    for missing in ("a.csv.done", "a.csv.manifest.json"):
        (folder / missing).unlink()
    assert drops.send(b"x", rows="1").status_code == 200
    assert sorted(drops.landed()) == ["a.csv", "a.csv.done", "a.csv.manifest.json"]
    assert [file.path.name for file in landing.look(drops.settings, {}).ready] == ["a.csv"]


def test_a_feed_that_waits_gets_from_the_drop_what_it_waits_for(tmp_path):
    for what, said in (("done", {}), ("manifest", {"rows": "1"})):
        home = tmp_path / what
        for drops in running(home):
            drops.settings.waits_for[FEED] = what
            if said:
                assert drops.send(b"x").status_code == 422
            assert drops.send(b"x", **said).status_code == 202
            assert [file.path.name for file in landing.look(drops.settings, {}).ready] == ["a.csv"]
