"""Every rule's number has a name, a source, and a value that a partnership may agree otherwise."""

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from flows.settings import settings_of
from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.metric import all_metrics
from warehouse.parameters import NoSuchParameter, agreed, all_parameters, parameter, value_of
from warehouse.store import Store, open_store


def test_every_parameter_says_what_it_is_and_where_it_comes_from():
    for one in all_parameters().values():
        assert one.says.endswith("."), one.name
        assert one.source, one.name
        assert isinstance(one.value, bool | str) or one.unit, one.name
        assert not one.choices or one.value in one.choices, one.name


def test_every_target_is_a_parameter():
    named = {name for metric in all_metrics().values() if metric.target for name in vars(metric.target).values()}
    assert named <= all_parameters().keys()


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"meeting_on_time": {"standrad": 2}}, "no parameter is called meeting_on_time.standrad"),
        ({"meeting_on_time.standard": 2.5}, "must be a whole number"),
        ({"meeting_on_time.standard": -1}, "must not be negative"),
        ({"sarc_is_health": 1}, "must be true or false"),
        ({"icpc_on_time.clock_start": "middle"}, "must be one of initiating, last"),
    ],
)
def test_what_cannot_be_agreed_is_refused_by_name(said: dict[str, object], because: str):
    with pytest.raises(NoSuchParameter, match=because):
        agreed(said)


def test_a_partnership_says_it_in_its_settings(tmp_path):
    (tmp_path / "quorate.toml").write_text(
        "[parameters.meeting_on_time]\nstandard = 2\n[parameters.bands]\ngreen = 90\n"
    )
    assert settings_of(tmp_path).parameters == {"meeting_on_time.standard": 2, "bands.green": 90.0}
    (tmp_path / "quorate.toml").write_text("[parameters]\nsarc = true\n")
    with pytest.raises(ValidationError, match="no parameter is called sarc"):
        settings_of(tmp_path)


def test_a_statement_has_the_value_of_the_moment_it_is_run(store: Store):
    asked = select(parameter("meeting_on_time.standard"))
    for value in (3, 2):
        store.agreed = {"meeting_on_time.standard": value}
        with store.reading() as connection:
            assert connection.scalar(asked) == value_of("meeting_on_time.standard") == value


def test_what_was_agreed_holds_for_everything_that_is_done_with_the_warehouse(url: str):
    with open_store(url) as ours:
        ours.create()
        draw(
            ours,
            "strategy_meetings",
            """
            meeting_ref | concern_identified_at | held_at          | concern_codes | status_code | urgency_code
            M1          | 2026-10-05 09:00      | 2026-10-08 10:00 | sexual_abuse  | held        | standard
            M2          | 2026-10-05 09:00      | 2026-10-07 10:00 | sexual_abuse  | held        | standard
            """,
        )
        returned(ours, "csc", "strategy_meetings")
        assert of(figure(figures(ours, "meeting_on_time"))) == (2, 2, "assured")
    with open_store(url, agreed=agreed({"meeting_on_time": {"standard": 2}})) as theirs:
        assert of(figure(figures(theirs, "meeting_on_time"))) == (1, 2, "assured")


ENQUIRY = """
child_ref | s47_ref | started_on | icpc_on    | csa_concern
LA1       | S1      | 2026-09-10 | 2026-10-02 | yes
"""
LATER = """
meeting_ref | s47_ref | held_at          | concern_codes | status_code
M1          | S1      | 2026-09-10 10:00 | sexual_abuse  | held
M2          | S1      | 2026-09-14 10:00 | sexual_abuse  | held
M3          | S1      | 2026-10-05 10:00 | sexual_abuse  | held
"""


@pytest.mark.parametrize(("clock", "in_time"), [("initiating", 0), ("last", 1)])
def test_the_clock_of_the_conference_starts_where_it_was_agreed(store: Store, clock: str, in_time: int):
    store.agreed = agreed({"icpc_on_time.clock_start": clock})
    draw(store, "strategy_meetings", LATER)
    draw(store, "section_47_enquiries", ENQUIRY)
    returned(store, "csc", "section_47_enquiries")
    # 16 working days from the first discussion, 14 from the second; the third came after the conference
    assert of(figure(figures(store, "icpc_on_time"))) == (in_time, 1, "assured")


@pytest.mark.parametrize(("counts", "present"), [(False, 0), (True, 1)])
def test_the_sarc_alone_is_health_where_it_was_so_agreed(store: Store, counts: bool, present: int):
    store.agreed = {"sarc_is_health": counts}
    draw(store, "strategy_meetings", LATER.replace("S1", "  ").split("M2")[0])
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | attendance_code
        csc     | sarc        | M1          | attended
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_participation", "2026-09")
    assert of(figure(figures(store, "health_present"), "2026-09")) == (present, 1, "assured")
