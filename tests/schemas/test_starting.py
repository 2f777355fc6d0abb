"""What declaring a table costs every command that knows it."""

import subprocess
import sys

import pytest

from tests.quorate.command import CODE, environment


def test_dask_is_left_alone_where_it_is_installed_and_can_be_used_afterwards() -> None:
    pytest.importorskip("dask", reason="Dask is not installed")
    program = (
        "import sys; import schemas.tables; schemas.tables.all_tables()\n"
        "assert 'dask' not in sys.modules, 'loaded'\n"
        "import dask.dataframe\n"
    )
    subprocess.run([sys.executable, "-c", program], env=environment(), cwd=CODE, check=True)


def test_dask_that_was_there_before_stays() -> None:
    pytest.importorskip("dask", reason="Dask is not installed")
    program = (
        "import dask, sys; import schemas.tables; schemas.tables.all_tables()\n"
        "assert sys.modules['dask'] is dask\n"
        "assert 'dask.dataframe' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], env=environment(), cwd=CODE, check=True)
