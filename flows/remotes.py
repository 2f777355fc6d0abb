"""Where files are fetched from: ``[remotes.<name>]`` in ``quorate.toml``. Secrets are named there, and never said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.fetch import Place, Trouble

SECRETS: Final = {
    "sftp": ("password", "passphrase"),
    "s3": ("key", "secret", "token"),
    "az": ("account_key", "sas_token", "connection_string"),
    "file": (),
}
"""Kind of place → the secrets it may need."""
HERE: Final = ("localhost", "127.0.0.1", "::1")


class Remote(BaseModel):
    """One folder somewhere that is looked into, and the feed its files are of."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str
    """``sftp://user@host:port/folder``, ``s3://bucket/folder``, ``az://container/folder``, or the path of a folder."""
    feed: str
    pattern: str = ""
    """Glob of the names that are fetched; empty: the feed's."""
    after: Literal["leave", "done"] = "leave"
    """What becomes of a file there once it was fetched: it stays, or is moved into the folder ``done`` beside it."""
    max_mib: float = Field(default=512.0, gt=0)
    timeout_seconds: float = Field(default=60.0, gt=0)
    known_hosts: Path | None = None
    key_file: Path | None = None
    account: str = ""
    endpoint_url: str = ""
    secrets: dict[str, str] = {}
    """Secret → name of the environment variable that holds it."""

    @property
    def scheme(self) -> Literal["sftp", "s3", "az", "file"]:
        """What kind of place it is."""
        scheme = urlsplit(self.url).scheme
        return scheme if scheme in ("sftp", "s3", "az") else "file"  # type: ignore[return-value]

    @property
    def address(self) -> str:
        """Where it is, in one line and without a secret: another one, other files."""
        return " ".join(part for part in (self.endpoint_url, self.account, self.url) if part)

    @model_validator(mode="after")
    def _makes_sense(self) -> Remote:
        parts = urlsplit(self.url)
        if parts.password:
            raise ValueError("a password in an address is read by everybody: name a variable under secrets")
        if self.scheme == "file" and not Path(self.url).is_absolute():
            raise ValueError("it is sftp://, s3://, az://, or the whole path of a folder")
        if self.scheme == "sftp" and not (parts.username and parts.hostname and self.known_hosts):
            raise ValueError("an SFTP server needs user, host, and known_hosts")
        if self.scheme == "az" and not (self.account or "connection_string" in self.secrets):
            raise ValueError("Azure needs the storage account")
        if set(self.secrets) - set(SECRETS[self.scheme]):
            raise ValueError(f"secrets are named {', '.join(SECRETS[self.scheme]) or 'nowhere'}")
        endpoint = urlsplit(self.endpoint_url)
        if self.endpoint_url and endpoint.scheme != "https" and endpoint.hostname not in HERE:
            raise ValueError("files of children go over https")
        return self

    def place(self, home: Path) -> Place:
        """Where it is, with the secrets; ``home`` is what paths in it start from.

        Raises:
            connectors.fetch.Trouble: a variable that should hold a secret is not set.
        """
        missing = [name for name in self.secrets.values() if not os.environ.get(name)]
        if missing:
            raise Trouble(f"the environment variable {', '.join(missing)} is not set")
        parts = urlsplit(self.url)
        path = self.url if self.scheme == "file" else unquote(parts.path)
        if self.scheme in ("s3", "az"):
            path = f"{parts.netloc}{path}"
        return Place(
            self.scheme, path.rstrip("/") or "/", parts.hostname or "", parts.port or 22, unquote(parts.username or ""),
            known_hosts=home / self.known_hosts if self.known_hosts else None,
            key_file=home / self.key_file if self.key_file else None,
            account=self.account, endpoint_url=self.endpoint_url,
            secrets={name: os.environ[variable] for name, variable in self.secrets.items()},
            seconds=self.timeout_seconds,
        )  # fmt: skip
