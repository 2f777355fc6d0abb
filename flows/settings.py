"""Where things are and what the partnership is called: the environment, then ``quorate.toml``, then these defaults.

Every setting can be given as ``QUORATE_<NAME>``, for example ``QUORATE_WAREHOUSE``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flows.agreed import Agreed, in_order, named, of_feeds, rising
from flows.remotes import Remote
from warehouse.agreements import LEVELS, Level, Term
from warehouse.bands import Limits
from warehouse.parameters import agreed

if TYPE_CHECKING:
    from warehouse.delivery_gates import Limits as DeliveryLimits

SUTTON: Final = "E09000029"
NEIGHBOURS_OF_SUTTON: Final = (
    "E09000024", "E10000015", "E06000042", "E10000003", "E10000025",
    "E09000021", "E06000055", "E10000032", "E06000058", "E06000060",
)  # fmt: skip
"""Merton, Hertfordshire, Milton Keynes, Cambridgeshire, Oxfordshire, Kingston upon Thames, Bedford, West Sussex,
Bournemouth, Christchurch and Poole, and Buckinghamshire, the closest first: the children's services statistical
neighbour model of 2025, as the Department for Education uses it in its Children's Social Care Outcomes and Enablers
dashboard (dfe-analytical-services/CSC_outcomes_and_enablers, data-raw/sn_model_2025_wide.csv, row 319)."""
MODEL_OF_2025: Final = "Department for Education, children's services statistical neighbour model 2025"


class FeedLimits(BaseModel):
    """The limits of one feed, in place of those of all feeds: ``[limits.police_niche]`` in ``quorate.toml``."""

    model_config = ConfigDict(extra="forbid")

    shrink_percent: float | None = Field(default=None, ge=0)
    shrink_chance: float | None = Field(default=None, ge=0)
    error_percent: float | None = Field(default=None, ge=0)
    least_rows: int | None = Field(default=None, ge=1)


class Drop(BaseModel):
    """What agencies may send by HTTP: ``[drop]`` in ``quorate.toml``."""

    model_config = ConfigDict(extra="forbid")

    max_mib: float = Field(default=512.0, gt=0)
    """Of one file."""
    seconds: float = Field(default=1800.0, gt=0)
    """That sending one file may take."""
    idle_seconds: float = Field(default=20.0, gt=0)
    """Without a byte."""
    at_once: int = Field(default=8, ge=1)
    """Files being sent, by all together."""
    at_once_each: int = Field(default=2, ge=1)
    """… and with one token."""
    waiting_mib: float = Field(default=2048.0, gt=0)
    """Of one sender's files that have landed and that no run has dealt with; one of ``max_mib`` in any case."""


class Settings(BaseSettings):
    """The settings of one partnership."""

    model_config = SettingsConfigDict(env_prefix="QUORATE_", extra="forbid")

    home: Path = Field(default=Path(), description="the folder that holds everything below")
    warehouse: str = Field(default="", description="database URL; empty: a DuckDB file in the home folder")
    partnership: str = Field(default="Safeguarding Children Partnership", description="the name on the report")
    key_file: Path | None = Field(
        default=None, description="the key of the pseudonyms; default: quorate.key in the home folder"
    )
    area_code: str = Field(default=SUTTON, description="the area that benchmarks are shown for (Sutton)")
    compare_with: tuple[str, ...] = Field(
        default=("E92000001", "E12000007"), description="areas beside it: England, London"
    )
    neighbours: tuple[str, ...] = Field(
        default=(),
        description="the area's statistical neighbours, whose median stands beside it; of Sutton we know them",
    )
    neighbours_source: str = Field(
        default="named by the partnership", description="who says that these are its statistical neighbours"
    )
    is_synthetic: bool = Field(default=False, description="the partnership is made up; the report says so")
    due_working_day: int = Field(default=10, ge=0, description="working days after a period's end by which it is due")
    grace_working_days: int = Field(default=5, ge=0, description="working days after that before anybody is chased")
    agreements: Annotated[dict[str, Agreed], AfterValidator(of_feeds)] = Field(
        default={}, description="feed → what was agreed for it instead"
    )
    terms: Annotated[tuple[Term, ...], AfterValidator(in_order)] = Field(default=(), description="the school terms")
    escalation: Annotated[tuple[Level, ...], AfterValidator(rising)] = Field(
        default=LEVELS, description="before whom an overdue return is brought, and when"
    )
    notify: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(named)] = Field(
        default={}, description="name → where people are told, as apprise writes it; a secret"
    )
    notify_blocks: tuple[str, ...] = Field(
        default=(), description="Prefect's notification blocks, such as slack-webhook/board"
    )
    notify_days: int = Field(default=7, ge=1, description="days after which people are not told any more")
    report_url: str = Field(default="", description="where people find the report; empty: they are told the command")
    reader_memory_gib: float = Field(default=6.0, gt=0, description="memory one file may take to read, in GiB")
    reader_seconds: float = Field(default=300.0, gt=0, description="seconds one file may take to read")
    # Why these numbers: docs/decisions/0014-gates-and-quarantine.md
    shrink_percent: float = Field(default=20.0, ge=0, description="percent fewer rows in a table before it is held")
    shrink_chance: float = Field(
        default=4.0, ge=0, description="standard errors that a shrink between two periods must exceed as well"
    )
    error_percent: float = Field(default=10.0, ge=0, description="percent of a table's rows refused before it is held")
    least_rows: int = Field(default=20, ge=1, description="rows from which a table is measured at all")
    limits: dict[str, FeedLimits] = Field(default={}, description="feed → its own four limits")

    settle_seconds: float = Field(default=1.0, ge=0, description="seconds a file must be left alone to be whole")
    waits_for: dict[str, Literal["done", "manifest"]] = Field(
        default={}, description="feed → what must lie beside a file before it is read"
    )

    drop: Drop = Field(default=Drop(), description="limits of what is sent by HTTP")
    remotes: dict[str, Remote] = Field(default={}, description="name → a place that files are fetched from")

    @field_validator("remotes")
    @classmethod
    def _have_names_and_feeds(cls, remotes: dict[str, Remote]) -> dict[str, Remote]:
        cls._are_of_feeds({remote.feed: remote for remote in remotes.values()})
        if not all(re.fullmatch(r"[a-z0-9_-]{1,60}", name) for name in remotes):
            raise ValueError("a remote's name is also a file's: small letters, digits, _ and -")
        return remotes

    @field_validator("limits", "waits_for")
    @classmethod
    def _are_of_feeds(cls, said: dict[str, Any]) -> dict[str, Any]:
        """A misspelt feed would leave what is said of it without effect, and nobody would know."""
        if said:
            from connectors.agency import all_feeds  # noqa: PLC0415 - loads every table

            if said.keys() - all_feeds().keys():
                raise ValueError("it names a feed that no connector has")
        return said

    parameters: dict[str, Any] = Field(default={}, description="what was agreed instead of warehouse/parameters.toml")

    @field_validator("parameters")
    @classmethod
    def _are_known(cls, said: dict[str, Any]) -> dict[str, Any]:
        return agreed(said)

    def limits_of(self, feed: str) -> DeliveryLimits:
        """What deliveries of a feed may differ by before they are held."""
        from warehouse.delivery_gates import Limits as DeliveryLimits  # noqa: PLC0415 - settings are read without a database too

        names = ("shrink_percent", "shrink_chance", "error_percent", "least_rows")
        own = self.limits[feed].model_dump(exclude_none=True) if feed in self.limits else {}
        return DeliveryLimits(**{name: getattr(self, name) for name in names} | own)

    analysts_role: str = Field(default="quorate_reader", description="PostgreSQL: the role that analysts read with")
    audit: Limits = Field(default=Limits(), description="how far a figure may be from its own history")

    @property
    def neighbours_of_area(self) -> tuple[tuple[str, ...], str]:
        """The statistical neighbours that are named, or Sutton's, and who says so; of another area none are known."""
        if not self.neighbours and self.area_code == SUTTON:
            return NEIGHBOURS_OF_SUTTON, MODEL_OF_2025
        return self.neighbours, self.neighbours_source

    @property
    def analysts_file(self) -> Path:
        """DuckDB: the copy that analysts open, as it was when last published; named as the warehouse is."""
        return self.home / "analysts" / Path(self.warehouse_url).name

    @property
    def landing(self) -> Path:
        """A folder for each feed that is owed; in it lies what the agency sent."""
        return self.home / "landing"

    @property
    def archive(self) -> Path:
        """Every file ever received, by its hash, never changed."""
        return self.home / "archive"

    @property
    def reports(self) -> Path:
        """What people read."""
        return self.home / "reports"

    @property
    def feedback(self) -> Path:
        """What agencies are told of their deliveries, in their own rows: a folder for each agency."""
        return self.home / "feedback"

    @property
    def key_path(self) -> Path:
        """The file of the key, where ``QUORATE_KEY`` does not give it."""
        return self.key_file or self.home / "quorate.key"

    @property
    def warehouse_url(self) -> str:
        return self.warehouse or f"duckdb:///{self.home / 'warehouse.duckdb'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its caller names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its caller names it
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def settings_of(home: Path | None = None, warehouse: str | None = None) -> Settings:
    """Read the settings of the partnership whose folder is ``home`` (default: ``QUORATE_HOME``, else here).

    Raises:
        pydantic.ValidationError: a setting has a value it cannot have; the error names it.
    """
    given: dict[str, Any] = {"home": home, "warehouse": warehouse}
    given = {name: value for name, value in given.items() if value is not None}
    where = Path(given.get("home") or os.environ.get("QUORATE_HOME") or ".")

    class Here(Settings):
        model_config = SettingsConfigDict(env_prefix="QUORATE_", extra="forbid", toml_file=where / "quorate.toml")

    return Here(**given)
