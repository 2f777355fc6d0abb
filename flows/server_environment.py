"""What names a partnership's server and makes it safe: addresses, limits, and secrets that are made once.

docs/operations.md has the reasons; docs/operations.env is the same for servers under other hands.
"""

from __future__ import annotations

import os
import secrets
import shlex
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flows.settings import Settings

CODE: Final = Path(__file__).resolve().parents[1]
"""Where ``prefect.yaml`` is."""
CLIENT: Final = "client.env"
"""In the folder ``prefect`` of the home folder: which server is ours, and its password."""
PORT: Final = 4200


def environment_of(settings: Settings, port: int = PORT) -> dict[str, str]:
    """What makes a server safe; a variable that is set already stays as it is."""
    folder = settings.home.resolve() / "prefect"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    url = f"http://127.0.0.1:{port}"
    password = os.environ.get("PREFECT_SERVER_API_AUTH_STRING") or _secret(
        folder / "auth", lambda: f"quorate:{secrets.token_urlsafe(24)}"
    )
    ours = {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": f"{url}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_API_AUTH_STRING": password,
        "PREFECT_SERVER_ENCRYPTION_KEY": _secret(
            folder / "encryption.key", lambda: urlsafe_b64encode(secrets.token_bytes(32)).decode()
        ),
        **SAFE,
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": url,
        "PREFECT_SERVER_UI_API_URL": f"{url}/api",
        "QUORATE_HOME": str(settings.home.resolve()),
    }
    environment = {**ours, **{name: value for name, value in os.environ.items() if name not in NEVER_GIVEN}}
    environment["QUORATE_HOME"] = ours["QUORATE_HOME"]
    if settings.warehouse:
        environment["QUORATE_WAREHOUSE"] = settings.warehouse
    return environment


SAFE: Final[Mapping[str, str]] = {
    "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    # places in line survive a restart of the server, and are asked for every second
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    # so that a host's death is noticed when it is back
    "PREFECT_SERVER_EVENTS_EXPIRED_BUCKET_BUFFER": "P2D",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    # SQLite under the server starves with a write for each event
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "P30D",
}
NEVER_GIVEN: Final = ("PREFECT_API_KEY", "PREFECT_API_URL", "PREFECT_PROFILE")
"""Variables that would send our runs to another server."""


def client_of(settings: Settings) -> Mapping[str, str]:
    """What names the server of a partnership: ``PREFECT_API_URL`` and what goes with it, else what `serve` wrote down.

    Empty where neither is: a partnership whose nights cron starts has no server.
    """
    if "PREFECT_API_URL" in os.environ:
        return os.environ
    file = settings.home / "prefect" / CLIENT
    if not file.is_file():
        return {}
    return dict(word.split("=", 1) for word in shlex.split(file.read_text()))


@contextmanager
def as_client(environment: Mapping[str, str]) -> Iterator[None]:
    """This process talks to the server that an environment names."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings  # noqa: PLC0415

    of = {
        PREFECT_API_URL: environment["PREFECT_API_URL"],
        PREFECT_API_AUTH_STRING: environment.get("PREFECT_API_AUTH_STRING"),
    }
    with temporary_settings(of):
        yield


def write_client_file(file: Path, environment: Mapping[str, str]) -> None:
    """Write down which server is ours, for whoever uses `prefect` themselves and for `client_of`."""
    names = ("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "QUORATE_HOME")
    file.unlink(missing_ok=True)
    _secret(file, lambda: "".join(f"{name}='{environment[name]}'\n" for name in names))


def _secret(file: Path, made: Callable[[], str]) -> str:
    """A secret that is made once, for its owner's eyes only."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(made())
    return file.read_text().strip()
