"""The limits of a feed are the partnership's, unless it has its own."""

import pytest
from pydantic import ValidationError

from flows.settings import settings_of
from quorate.failures import explain
from warehouse.delivery_gates import Limits


def test_without_settings_the_limits_are_those_of_the_gates(tmp_path):
    assert settings_of(tmp_path).limits_of("police_niche") == Limits()


def test_a_feed_may_have_limits_of_its_own(tmp_path):
    (tmp_path / "quorate.toml").write_text(
        "least_rows = 50\n[limits.police_niche]\nerror_percent = 30\n", encoding="utf-8"
    )
    settings = settings_of(tmp_path)
    assert settings.limits_of("police_niche") == Limits(error_percent=30, least_rows=50)
    assert settings.limits_of("csc_mosaic") == Limits(least_rows=50)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[limits.police_nich]\nerror_percent = 30\n", "limits has a value it cannot have"),
        ("[limits.police_niche]\nerror_rate = 30\n", "limits.police_niche.error_rate is no setting"),
        ("[limits.police_niche]\nleast_rows = 0\n", "limits.police_niche.least_rows has a value it cannot have"),
    ],
)
def test_a_misspelt_feed_or_limit_is_an_error_that_names_it(tmp_path, text, named):
    (tmp_path / "quorate.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError) as caught:
        settings_of(tmp_path)
    assert named in explain(caught.value)[1]


def test_statistical_neighbours_are_known_of_sutton_and_must_be_named_of_another_area(tmp_path):
    codes, source = settings_of(tmp_path).neighbours_of_area
    assert (len(codes), codes[0], "E09000029" in codes) == (10, "E09000024", False)
    assert "statistical neighbour model 2025" in source

    (tmp_path / "quorate.toml").write_text('area_code = "E09000024"\n', encoding="utf-8")
    assert settings_of(tmp_path).neighbours_of_area[0] == ()
    named = 'neighbours = ["E09000029"]\nneighbours_source = "the board, March 2026"\n'
    (tmp_path / "quorate.toml").write_text(named, encoding="utf-8")
    assert settings_of(tmp_path).neighbours_of_area == (("E09000029",), "the board, March 2026")
