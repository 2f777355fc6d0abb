"""Where things are and what the partnership is called: the environment, then ``quorate.toml``, then these defaults.

Every setting can be given as ``QUORATE_<NAME>``, for example ``QUORATE_WAREHOUSE``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class Settings(BaseSettings):
    """The settings of one partnership."""

    model_config = SettingsConfigDict(env_prefix="QUORATE_", extra="forbid")

    home: Path = Field(default=Path(), description="the folder that holds everything below")
    warehouse: str = Field(default="", description="database URL; empty: a DuckDB file in the home folder")
    partnership: str = Field(default="Safeguarding Children Partnership", description="the name on the report")
    key_file: Path | None = Field(
        default=None, description="the key of the pseudonyms; default: quorate.key in the home folder"
    )
    area_code: str = Field(default="E09000029", description="the area that benchmarks are shown for (Sutton)")
    compare_with: tuple[str, ...] = Field(
        default=("E92000001", "E12000007"), description="areas beside it: England, London"
    )
    is_synthetic: bool = Field(default=False, description="the partnership is made up; the report says so")
    grace_days: int = Field(default=20, ge=0, description="days after a period's end before its file is late")
    reader_memory_gib: float = Field(default=6.0, gt=0, description="memory one file may take to read, in GiB")
    reader_seconds: float = Field(default=300.0, gt=0, description="seconds one file may take to read")

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
