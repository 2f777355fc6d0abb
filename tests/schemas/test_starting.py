"""What declaring a table costs every command that knows it."""

import subprocess
import sys

import pytest

from tests.quorate.command import CODE, environment

JUDGES = (
    "from schemas.table import columns; from schemas.tables import all_tables; [*map(columns, all_tables().values())]"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "assert 'dask' not in sys.modules, 'loaded'; import dask.dataframe"),
        ("import dask; ", "assert sys.modules['dask'] is dask; assert 'dask.dataframe' not in sys.modules, 'loaded'"),
    ],
    ids=["nobody has loaded it, and it can be loaded afterwards", "somebody has"],
)
def test_dask_is_left_alone_where_it_is_installed(before: str, after: str) -> None:
    pytest.importorskip("dask", reason="Dask is not installed")
    program = f"import sys; {before}{JUDGES}; {after}"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), cwd=CODE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
