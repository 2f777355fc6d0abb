"""Files are fetched from real servers into the landing zone: once, whole, and whatever the servers do."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.agency import all_feeds
from connectors.fetch import Offered
from connectors.fetch_objects import _as_offered
from flows import fetching, landing
from flows.fetching import Fetched, fetch_all
from flows.listing import Listing
from flows.remotes import Remote
from flows.settings import Settings, settings_of
from tests.flows.remote_servers import PASSWORD, Sftp, s3_server, sftp_server, silent_server

FEED = all_feeds()["edu_school_cpoms"].name
OTHER = all_feeds()["police_learning"].name


@pytest.fixture
def sftp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sftp]:
    monkeypatch.setenv("SCHOOL_PASSWORD", PASSWORD)
    (tmp_path / "server").mkdir()
    with sftp_server(tmp_path / "server") as server:
        yield server


def remote_of(server: Sftp, **said: object) -> Remote:
    declared = {
        "url": f"sftp://quorate@127.0.0.1:{server.port}/",
        "feed": FEED,
        "known_hosts": str(server.known_hosts),
        "secrets": {"password": "SCHOOL_PASSWORD"},
        "timeout_seconds": 10.0,
    }
    return Remote.model_validate({**declared, **said})


def home_of(home: Path, *, settle: float = 0.0, waits_for: str = "", **remotes: Remote) -> Settings:
    waits = {FEED: waits_for} if waits_for else {}
    return settings_of(home).model_copy(update={"settle_seconds": settle, "remotes": remotes, "waits_for": waits})


def folder_of(path: Path, **said: object) -> Remote:
    return Remote.model_validate({"url": str(path), "feed": FEED, **said})


def landed(settings: Settings) -> dict[str, str]:
    """Whatever lies in the feed's folder, hidden or not."""
    folder = settings.landing / FEED
    return {path.name: path.read_text() for path in sorted(folder.iterdir())} if folder.exists() else {}


def counts(done: Fetched) -> tuple[int, int, str]:
    return done.new, done.known, done.trouble


def test_new_files_of_an_sftp_server_are_fetched_once(sftp, tmp_path):
    settings = home_of(tmp_path, school=remote_of(sftp))
    (sftp.root / "a.csv").write_text("one")
    (sftp.root / "notes.txt").write_text("not ours")
    (sftp.root / "b.csv.part").write_text("on its way")
    (sftp.root / "below").mkdir()
    assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
    (sftp.root / "b.csv.part").rename(sftp.root / "b.csv")
    assert [counts(one) for one in fetch_all(settings)] == [(1, 1, "")]
    assert landed(settings) == {"a.csv": "one", "b.csv": "on its way"}
    reads = sftp.behaviour.reads
    assert [counts(one) for one in fetch_all(settings)] == [(0, 2, "")]
    assert sftp.behaviour.reads == reads
    assert [file.path.name for file in landing.settled(settings).ready] == ["a.csv", "b.csv"]


def test_a_large_file_comes_whole(sftp, tmp_path):
    settings = home_of(tmp_path, school=remote_of(sftp))
    content = os.urandom(3_500_000)
    (sftp.root / "a.csv").write_bytes(content)
    assert [(one.new, one.bytes) for one in fetch_all(settings)] == [(1, len(content))]
    assert (settings.landing / FEED / "a.csv").read_bytes() == content


def test_a_corrected_file_of_the_same_name_lies_beside_the_first(sftp, tmp_path):
    settings = home_of(tmp_path, school=remote_of(sftp))
    (sftp.root / "a.csv").write_text("one")
    fetch_all(settings)
    (sftp.root / "a.csv").write_text("corrected")
    assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
    assert landed(settings) == {"a.csv": "one", "a~002.csv": "corrected"}


def test_what_was_fetched_can_be_moved_aside_over_nothing(sftp, tmp_path):
    settings = home_of(tmp_path, school=remote_of(sftp, after="done"))
    for text in ("one", "other"):
        (sftp.root / "a.csv").write_text(text)
        assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
    there = {str(path.relative_to(sftp.root)): path.read_text() for path in sftp.root.rglob("*") if path.is_file()}
    assert there == {"done/a.csv": "one", "done/a.csv~002": "other"}
    assert landed(settings) == {"a.csv": "one", "a~002.csv": "other"}


def test_without_the_memory_the_same_bytes_are_fetched_again_and_land_once(sftp, tmp_path):
    settings = home_of(tmp_path, school=remote_of(sftp))
    (sftp.root / "a.csv").write_text("one")
    fetch_all(settings)
    memory = tmp_path / "fetched" / "school.jsonl"
    memory.write_bytes(memory.read_bytes()[:-20])  # as a crash would tear it
    assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
    assert [counts(one) for one in fetch_all(settings)] == [(0, 1, "")]
    assert landed(settings) == {"a.csv": "one"}
    assert PASSWORD not in memory.read_text()


def test_a_server_with_another_host_key_is_not_spoken_to(sftp, tmp_path):
    other = sftp.known_hosts.with_name("other")
    line = sftp.known_hosts.read_text().split()
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    other.write_text(f"{line[0]} {key}")
    (tmp_path / "empty").write_text("")
    (tmp_path / "spoilt").write_text("127.0.0.1 ssh-ed25519 nothing\n")
    settings = home_of(
        tmp_path,
        changed=remote_of(sftp, known_hosts=str(other)),
        unknown=remote_of(sftp, known_hosts=str(tmp_path / "empty")),
        nowhere=remote_of(sftp, known_hosts=str(tmp_path / "nowhere")),
        spoilt=remote_of(sftp, known_hosts=str(tmp_path / "spoilt")),
        no_key=remote_of(sftp, key_file=str(tmp_path / "empty")),
    )
    (sftp.root / "a.csv").write_text("one")
    says = [one.trouble for one in fetch_all(settings)]
    assert [text.split(":")[0] for text in says] == [
        "its host key is not the one in the file of known hosts",
        "its host key is not the one in the file of known hosts",
        "the file of known hosts is not there, so nobody could say who answers",
        "its host key is not the one in the file of known hosts",
        "it does not let us in, or not do that",
    ]
    assert landed(settings) == {}


def test_names_that_a_hostile_server_lists_go_nowhere(sftp, tmp_path):
    sftp.behaviour.names = [
        "../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "a\nb.csv", "\udcff.csv", "x\x1b[2J.csv", f"{'x' * 250}.csv",
        "..", ".", ".csv", "a/b.csv",
    ]  # fmt: skip
    (sftp.root / "good.csv").write_text("one")
    settings = home_of(tmp_path / "home", school=remote_of(sftp))
    (done,) = fetch_all(settings)
    assert counts(done) == (1, 0, "")
    assert len(done.notes) == 6  # those that begin with a dot are hidden files
    assert not any("evil" in note for note in done.notes)
    assert landed(settings) == {"good.csv": "one"}
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"good.csv", "known_hosts", "school.jsonl", "school.lock", f".placing-{FEED}"}


def test_too_large_files_and_servers_that_lie_about_size_bring_nothing(sftp, tmp_path):
    (sftp.root / "a.csv").write_text("x" * 3_000_000)
    settings = home_of(tmp_path, school=remote_of(sftp, max_mib=1))
    (done,) = fetch_all(settings)
    assert done.notes == ["a file was left: it is larger than 1 MiB: max_mib in quorate.toml"]
    sftp.behaviour.lies_about_size = 10
    (done,) = fetch_all(settings)
    assert (done.new, done.notes) == (0, ["a file was left: it is still being written"])
    assert landed(settings) == {}


def test_a_file_that_grows_while_it_is_looked_at_is_left_for_the_next_time(sftp, tmp_path):
    settings = home_of(tmp_path, settle=0.1, school=remote_of(sftp))
    (sftp.root / "old.csv").write_text("one")
    from threading import Thread

    def grow() -> None:
        for _ in range(12):
            with (sftp.root / "new.csv").open("a") as file:
                file.write("line\n")
            time.sleep(0.3)

    thread = Thread(target=grow)
    thread.start()
    time.sleep(0.1)
    (done,) = fetch_all(settings)
    assert (done.new, done.notes) == (1, ["a file was left: it is still being written"])
    thread.join()
    assert landed(settings) == {"old.csv": "one"}
    assert [counts(one) for one in fetch_all(settings)] == [(1, 1, "")]
    assert landed(settings)["new.csv"] == "line\n" * 12


def test_a_lost_connection_is_taken_up_again(sftp, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "LONGEST_PAUSE", 0.1)
    for name in ("a.csv", "b.csv"):
        (sftp.root / name).write_text(name)
    sftp.behaviour.loses_connections = 2
    assert [counts(one) for one in fetch_all(home_of(tmp_path, school=remote_of(sftp)))] == [(2, 0, "")]
    sftp.behaviour.loses_connections = 100
    (sftp.root / "c.csv").write_text("c")
    (done,) = fetch_all(home_of(tmp_path, school=remote_of(sftp)))
    assert counts(done) == (0, 2, "the connection was lost")
    assert sorted(landed(home_of(tmp_path))) == ["a.csv", "b.csv"]


def test_one_place_that_fails_stops_no_other(sftp, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "LONGEST_PAUSE", 0.1)
    (sftp.root / "a.csv").write_text("one")
    monkeypatch.setenv("WRONG", "wrong")
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "b.csv").write_text("two")
    with silent_server() as port:
        settings = home_of(
            tmp_path,
            silent=remote_of(sftp, url=f"sftp://quorate@127.0.0.1:{port}/", timeout_seconds=1),
            closed=remote_of(sftp, url="sftp://quorate@127.0.0.1:1/", timeout_seconds=1),
            wrong=remote_of(sftp, secrets={"password": "WRONG"}),
            unset=remote_of(sftp, secrets={"password": "NOT_SET"}),
            nowhere=remote_of(sftp, url=f"sftp://quorate@127.0.0.1:{sftp.port}/nowhere"),
            unmounted=folder_of(tmp_path / "unmounted"),
            share=folder_of(tmp_path / "share"),
            school=remote_of(sftp),
        )
        began = time.monotonic()
        done = {one.remote: counts(one) for one in fetch_all(settings)}
    assert time.monotonic() - began < 15
    assert done == {
        "silent": (0, 0, "it does not answer"),
        "closed": (0, 0, "it does not answer"),
        "wrong": (0, 0, "it does not let us in, or not do that: check the account, its key and what it may do"),
        "unset": (0, 0, "the environment variable NOT_SET is not set"),
        "nowhere": (0, 0, "the folder, or a file in it, is not there"),
        "unmounted": (0, 0, "the folder, or a file in it, is not there"),
        "share": (1, 0, ""),
        "school": (1, 0, ""),
    }
    assert sorted(landed(settings)) == ["a.csv", "b.csv"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the server is ended while it reads
def test_a_server_that_stops_in_the_middle_is_given_up_and_leaves_nothing(sftp, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "LONGEST_PAUSE", 0.1)
    (sftp.root / "a.csv").write_text("x" * 3_000_000)
    sftp.behaviour.seconds_per_read = 60.0
    began = time.monotonic()
    (done,) = fetch_all(home_of(tmp_path, school=remote_of(sftp, timeout_seconds=0.7)))
    assert (counts(done), time.monotonic() - began < 8) == ((0, 0, "it does not answer"), True)
    assert not any(not name.startswith(".arriving-") for name in landed(home_of(tmp_path)))


def test_a_folder_whose_reading_never_returns_is_given_up(tmp_path):
    """As a mounted share whose server died: a pipe that nobody writes is opened for ever."""
    from connectors import fetch

    class Dead:
        is_whole = False

        def offered(self) -> list[fetch.Offered]:
            time.sleep(30)
            return []

    from contextlib import contextmanager

    @contextmanager
    def dead(_place: fetch.Place) -> Iterator[Dead]:
        yield Dead()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "open_source", dead)
        patch.setattr(fetching, "LONGEST_PAUSE", 0.1)
        began = time.monotonic()
        (done,) = fetch_all(home_of(tmp_path, share=folder_of(tmp_path, timeout_seconds=0.2)))
    assert (done.trouble, time.monotonic() - began < 5) == ("it does not answer", True)


def test_what_a_feed_waits_for_is_waited_for_there_too_and_comes_along(tmp_path):
    share = tmp_path / "share"
    share.mkdir()
    (share / "a.csv").write_text("one")
    done = home_of(tmp_path, settle=2.0, waits_for="done", share=folder_of(share))
    assert [counts(one) for one in fetch_all(done)] == [(0, 0, "")]
    (share / "a.csv.done").touch()
    assert [counts(one) for one in fetch_all(done)] == [(1, 0, "")]
    assert [file.path.name for file in landing.look(done, {}).ready] == ["a.csv"]
    totals = home_of(tmp_path / "other", waits_for="manifest", share=folder_of(share))
    (share / "a.csv.manifest.json").write_text('{"rows": 1}')
    assert [counts(one) for one in fetch_all(totals)] == [(1, 0, "")]
    assert landed(totals) == {"a.csv": "one", "a.csv.manifest.json": '{"rows": 1}'}


@pytest.fixture
def share(tmp_path: Path) -> Path:
    made = tmp_path / "share"
    made.mkdir()
    return made


LONG_AGO = (1e9, 1e9)


def test_a_done_of_the_file_that_was_there_before_says_nothing_of_the_new_one(tmp_path, share):
    settings = home_of(tmp_path, settle=0.01, waits_for="done", share=folder_of(share))
    (share / "a.csv.done").touch()
    os.utime(share / "a.csv.done", LONG_AGO)
    (share / "a.csv").write_text("half of")
    (done,) = fetch_all(settings)
    assert (counts(done), landed(settings)) == ((0, 0, ""), {})
    assert done.notes == ["a file was left: its .done is older than it: ask the agency to write it anew after the file"]
    (share / "a.csv.done").touch()
    assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]


@pytest.mark.parametrize("says_of", ["neither", "the file that tells", "the file"])
def test_where_a_place_does_not_say_when_files_are_looked_at_twice(tmp_path, says_of):
    file_at, done_at = (time.time() if says_of == which else 0.0 for which in ("the file", "the file that tells"))
    file, done = Offered("a.csv", 1, "", file_at), Offered("a.csv.done", 0, "", done_at)
    listing = Listing({one.name: one for one in (file, done)}, folder_of(tmp_path), all_feeds()[FEED], "done")
    assert listing.wanted() == ([file], [])
    assert listing.must_be_quiet(file)


def test_what_tells_of_a_file_is_put_aside_with_it(tmp_path, share):
    settings = home_of(tmp_path, waits_for="done", share=folder_of(share, after="done"))
    beside = ("a.csv", "a.csv.manifest.json", "a.csv.done", "b.csv", "b.done", "c.csv.done")
    for name in beside:
        (share / name).touch()
    for name in ("a.csv", "b.csv"):
        (share / name).write_text(name)
        os.utime(share / name, LONG_AGO)
    assert [counts(one) for one in fetch_all(settings)] == [(2, 0, "")]
    assert {path.name for path in (share / "done").iterdir()} == set(beside) - {"c.csv.done"}
    assert {path.name for path in share.iterdir()} == {"done", "c.csv.done"}


def test_a_manifest_that_is_mended_there_comes_after_its_file(tmp_path, share):
    settings = home_of(tmp_path, share=folder_of(share))
    (share / "a.csv").write_text("one")
    (share / "a.csv.manifest.json").write_text('{"rows":')
    fetch_all(settings)
    (share / "a.csv.manifest.json").write_text('{"rows": 1}')
    assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
    assert landed(settings) == {"a.csv": "one", "a.csv.manifest.json": '{"rows": 1}'}
    assert [counts(one) for one in fetch_all(settings)] == [(0, 1, "")]
    (share / "a.csv.manifest.json").unlink()
    assert [counts(one) for one in fetch_all(settings)] == [(0, 1, "")]


def test_a_remote_that_is_declared_anew_is_read_anew(tmp_path, share):
    (share / "a.csv").write_text("one")
    other = share.with_name("other")
    shutil.copytree(share, other)  # with the same names, sizes and times
    declared = [folder_of(share), folder_of(share, feed=OTHER), folder_of(other, feed=OTHER)]
    for remote in declared:
        settings = home_of(tmp_path, share=remote)
        assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
        assert [counts(one) for one in fetch_all(settings)] == [(0, 1, "")]
    assert (settings.landing / OTHER / "a.csv").read_text() == "one"


def test_a_link_called_done_plants_nothing_elsewhere(tmp_path, share):
    elsewhere = tmp_path / "landing" / OTHER
    elsewhere.mkdir(parents=True)
    (share / "done").symlink_to(elsewhere)
    (share / "a.csv").write_text("forged")
    (done,) = fetch_all(home_of(tmp_path, share=folder_of(share, after="done")))
    assert done.trouble == "what is called done there is a link, or no folder: put a folder there"
    assert list(elsewhere.iterdir()) == []
    assert (share / "a.csv").read_text() == "forged"


def test_what_was_put_aside_is_never_written_over(tmp_path, share):
    (share / "done").mkdir()
    (share / "done" / "a.csv").symlink_to("nowhere")
    (share / "a.csv").write_text("one")
    fetch_all(home_of(tmp_path, share=folder_of(share, after="done")))
    assert (share / "done" / "a.csv").is_symlink()
    assert (share / "done" / "a.csv~002").read_text() == "one"


def test_where_there_are_no_hard_links_files_are_put_aside_all_the_same(tmp_path, share, monkeypatch):
    """As on a share of Windows."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    settings = home_of(tmp_path, share=folder_of(share, after="done"))
    for text in ("one", "other"):
        (share / "a.csv").write_text(text)
        assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
    assert {path.name: path.read_text() for path in (share / "done").iterdir()} == {
        "a.csv": "one",
        "a.csv~002": "other",
    }
    assert landed(settings) == {"a.csv": "one", "a~002.csv": "other"}


def test_links_in_a_share_are_not_followed(tmp_path):
    (tmp_path / "share").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "share" / "a.csv").symlink_to(tmp_path / "secret")
    settings = home_of(tmp_path, share=folder_of(tmp_path / "share"))
    assert [counts(one) for one in fetch_all(settings)] == [(0, 0, "")]


def test_files_of_a_bucket_are_fetched_once_and_moved_aside(tmp_path, monkeypatch):
    import boto3

    monkeypatch.setenv("BUCKET_KEY", "key")
    monkeypatch.setenv("BUCKET_SECRET", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    with s3_server() as address:
        secrets = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        client = boto3.client("s3", endpoint_url=address, **secrets)
        client.create_bucket(Bucket="trust", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        content = os.urandom(2_000_000)
        keys = {"out/a.csv": content, "out/below/b.csv": b"b", "other.csv": b"c", "out/../d.csv": b"d"}
        for key, body in keys.items():
            client.put_object(Bucket="trust", Key=key, Body=body)
        declared = {
            "url": "s3://trust/out", "feed": FEED, "endpoint_url": address,
            "secrets": {"key": "BUCKET_KEY", "secret": "BUCKET_SECRET"},
        }  # fmt: skip
        settings = home_of(tmp_path, trust=Remote.model_validate(declared))
        assert [counts(one) for one in fetch_all(settings)] == [(1, 0, "")]
        assert (settings.landing / FEED / "a.csv").read_bytes() == content
        assert [counts(one) for one in fetch_all(settings)] == [(0, 1, "")]
        client.put_object(Bucket="trust", Key="out/a.csv", Body=b"corrected")
        aside = home_of(tmp_path, trust=Remote.model_validate({**declared, "after": "done"}))
        assert [counts(one) for one in fetch_all(aside)] == [(1, 0, "")]
        assert (settings.landing / FEED / "a~002.csv").read_bytes() == b"corrected"
        there = {one["Key"] for one in client.list_objects_v2(Bucket="trust")["Contents"]}
        assert there == {"out/done/a.csv", *keys} - {"out/a.csv"}
        missing = home_of(tmp_path, gone=Remote.model_validate({**declared, "url": "s3://gone/out"}))
        assert [counts(one) for one in fetch_all(missing)] == [(0, 0, "the folder, or a file in it, is not there")]
    closed = home_of(tmp_path, trust=Remote.model_validate({**declared, "timeout_seconds": 1}))
    monkeypatch.setattr(fetching, "LONGEST_PAUSE", 0.1)
    assert [counts(one) for one in fetch_all(closed)] == [(0, 0, "it does not answer")]


@pytest.mark.parametrize("mark", ['"d41d"', ""], ids=["with_a_mark", "without"])
def test_a_bucket_that_lists_milliseconds_and_tells_of_a_file_in_seconds_speaks_of_the_same_file(mark):
    """As MinIO does; moto does not."""
    listed_at = datetime(2026, 11, 1, 12, 0, 0, 821_000, tzinfo=UTC)
    listed, told = (
        _as_offered("a.csv", {"size": 3, "LastModified": at, "ETag": mark})
        for at in (listed_at, listed_at.replace(microsecond=0))
    )
    assert (listed, listed.changed_at) == (told, told.changed_at)


def test_a_container_of_azure_is_addressed_as_declared_though_no_server_was_seen(monkeypatch):
    """Nothing on this side of Azure speaks its language: what is tested is what we would ask of whom."""
    from connectors.fetch_objects import _azure

    monkeypatch.setenv("TRUST_SAS", "sv=2024&sig=abc")
    declared = {"url": "az://extracts/out/", "feed": FEED, "account": "trust", "secrets": {"sas_token": "TRUST_SAS"}}
    place = Remote.model_validate(declared).place(Path("/home"))
    assert (place.scheme, place.path, place.account, place.secrets) == (
        "az", "extracts/out", "trust", {"sas_token": "sv=2024&sig=abc"},
    )  # fmt: skip
    files = _azure(place)
    assert files.account_url == "https://trust.blob.core.windows.net"
    assert files.split_path("extracts/out/a.csv")[:2] == ("extracts", "out/a.csv")


@pytest.mark.parametrize(
    "said",
    [
        {"url": "sftp://quorate:secret@host/x", "known_hosts": "k"},
        {"url": "sftp://quorate@host/x"},
        {"url": "sftp://host/x", "known_hosts": "k"},
        {"url": "relative/folder"},
        {"url": "ftp://host/x"},
        {"url": "s3://bucket/x", "secrets": {"password": "X"}},
        {"url": "s3://bucket/x", "endpoint_url": "http://elsewhere"},
        {"url": "az://container/x"},
        {"url": "/mnt/x", "after": "delete"},
        {"url": "/mnt/x", "unheard": 1},
    ],
)
def test_a_place_that_cannot_be_meant_is_refused_without_saying_its_secrets(said):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - which is said to people by the command line
        Remote.model_validate({"feed": FEED, **said})
    assert "secret@" not in str(refusal.value)


def test_places_are_declared_in_the_settings_and_a_wrong_feed_is_refused(tmp_path):
    (tmp_path / "quorate.toml").write_text(f'[remotes.share]\nurl = "/mnt/share"\nfeed = "{FEED}"\n')
    assert settings_of(tmp_path).remotes["share"].url == "/mnt/share"
    for text in (
        '[remotes.share]\nurl = "/mnt"\nfeed = "none"\n',
        f'[remotes."../x"]\nurl = "/mnt"\nfeed = "{FEED}"\n',
    ):
        (tmp_path / "quorate.toml").write_text(text)
        with pytest.raises(ValueError, match="remotes"):
            settings_of(tmp_path)


def test_what_is_remembered_names_the_file_and_no_secret(sftp, tmp_path):
    settings = home_of(tmp_path, school=remote_of(sftp))
    (sftp.root / "a.csv").write_text("one")
    fetch_all(settings)
    (line,) = [json.loads(text) for text in (tmp_path / "fetched" / "school.jsonl").read_text().splitlines() if text]
    assert sorted(line) == [
        "changed_at", "feed", "fetched_at", "manifest", "name", "sha256", "size", "url", "version",
    ]  # fmt: skip
    assert PASSWORD not in repr(settings.remotes["school"].place(tmp_path))
