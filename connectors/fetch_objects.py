"""Files in a bucket of S3 (or of what speaks like it), or in a container of Azure: by fsspec's s3fs and adlfs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors.fetch import BLOCK, MOST, SET_ASIDE, Offered, Place, Source, Trouble, aside_names, told


@contextmanager
def open_objects(place: Place) -> Iterator[Source]:
    """A folder of a bucket or a container; nothing is asked of it yet."""
    with _objects_told():
        files = _s3(place) if place.scheme == "s3" else _azure(place)
    yield _Objects(files, place.path)


def _s3(place: Place) -> Any:
    from s3fs import S3FileSystem  # noqa: PLC0415 - either library, not both

    limits = {"connect_timeout": place.seconds, "read_timeout": place.seconds, "retries": {"max_attempts": 1}}
    return S3FileSystem(
        **place.secrets, endpoint_url=place.endpoint_url or None, config_kwargs=limits,
        use_listings_cache=False, skip_instance_cache=True,
    )  # fmt: skip


def _azure(place: Place) -> Any:
    from adlfs import AzureBlobFileSystem  # noqa: PLC0415 - either library, not both

    seconds = round(place.seconds)
    return AzureBlobFileSystem(
        account_name=place.account, account_host=place.endpoint_url.removeprefix("https://") or None, **place.secrets,
        connection_timeout=seconds, read_timeout=seconds, use_listings_cache=False, skip_instance_cache=True,
    )  # fmt: skip


class _Objects:
    is_whole = True

    def __init__(self, files: Any, folder: str) -> None:
        self._files, self._folder = files, folder.rstrip("/")

    def offered(self) -> list[Offered]:
        with _objects_told():
            listed = self._files.ls(self._folder, detail=True, refresh=True)
        if len(listed) > MOST:
            raise Trouble(f"its folder lists more than {MOST:,} files")
        files = [one for one in listed if one["type"] == "file" and one["name"].startswith(f"{self._folder}/")]
        return [_as_offered(one["name"][len(self._folder) + 1 :], one) for one in files]

    def look_at(self, name: str) -> Offered:
        with _objects_told():
            return _as_offered(name, self._files.info(self._path(name), refresh=True))

    def read(self, name: str) -> Iterator[bytes]:
        with _objects_told(), self._files.open(self._path(name), "rb", block_size=8 * BLOCK) as file:
            while block := file.read(BLOCK):
                yield block

    def put_aside(self, name: str) -> None:
        with _objects_told():
            names = (self._path(posixpath.join(SET_ASIDE, free)) for free in aside_names(name))
            self._files.mv(self._path(name), next(path for path in names if not self._files.exists(path)))

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"


def _as_offered(name: str, listed: dict[str, Any]) -> Offered:
    changed = listed.get("LastModified") or listed.get("last_modified")
    mark = listed.get("ETag") or listed.get("etag") or ""
    # Whole seconds: what lists files may say milliseconds, and what tells of one only seconds (MinIO).
    at = int(changed.timestamp()) if changed else 0
    return Offered(name, listed["size"] or 0, str(mark or at), float(at))


@contextmanager
def _objects_told() -> Iterator[None]:
    """By the names of exceptions: those of botocore and of Azure are many, and neither may be installed."""
    try:
        with told():
            yield
    except (Trouble, GeneratorExit):
        raise
    except Exception as failure:  # noqa: BLE001 - the libraries raise whatever theirs raise, with addresses in the text
        names = {kind.__name__ for kind in type(failure).__mro__}
        if names & {"NoCredentialsError", "PartialCredentialsError", "ClientAuthenticationError"}:
            raise Trouble("it does not let us in: check the account and its secret") from None
        if names & {"HTTPClientError", "ConnectionError", "ServiceRequestError", "ServiceResponseError"}:
            raise Trouble("it does not answer", is_passing=True) from None
        raise Trouble(f"it refused something ({type(failure).__name__})") from None
