"""Where things are and what the partnership is called: the environment, then ``quorate.toml``, then these defaults.

Every setting can be given as ``QUORATE_<NAME>``, for example ``QUORATE_WAREHOUSE``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

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
    grace_days: int = Field(default=20, ge=0, description="days after a period's end before its file is late")
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

    @field_validator("limits")
    @classmethod
    def _are_of_feeds(cls, limits: dict[str, FeedLimits]) -> dict[str, FeedLimits]:
        """A misspelt feed would leave its limits without effect, and nobody would know."""
        if limits:
            from connectors.agency import all_feeds  # noqa: PLC0415 - loads every table

            if limits.keys() - all_feeds().keys():
                raise ValueError("limits names a feed that no connector has")
        return limits

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
