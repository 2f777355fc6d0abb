"""From an agency's words to ours: what is mapped, what is cast, and what becomes of what cannot be."""

from datetime import date, datetime

import pytest

from connectors.agency import Always, Csv, Feed, Said, Stream, Workbook
from connectors.translate import prepare, translate
from schemas.tables.assessments import Assessments
from schemas.tables.children import Children
from schemas.tables.involvements import Involvements
from schemas.tables.meeting_participation import MeetingParticipation
from tests.drawn import as_in_file

DAY_FIRST = {"dates": ("%d/%m/%Y",), "instants": ("%d/%m/%Y %H:%M",)}


CSV = Csv()


def translated(text, table, columns, *, reads=CSV, date_system=1900, **options):
    stream = Stream(table, columns)
    feed = Feed("f", "csc", "s", reads, (stream,), carries="its_period", **(options or DAY_FIRST))
    (chunk,) = translate(as_in_file(text), stream, feed, date_system)
    return chunk


def column(chunk, name):
    return chunk.rows[name].to_pylist()


def test_their_words_become_ours_and_a_word_nobody_listed_passes_through():
    said = Said("Came?", {"Attended in person": "attended", "DNA": "did_not_attend", "n/k": ""})
    chunk = translated(
        """
        Came?
        attended IN person
        DNA
        N/K
        maybe
        """,
        MeetingParticipation,
        {"attendance_code": said},
    )
    assert column(chunk, "attendance_code") == ["attended", "did_not_attend", None, "maybe"]


def test_a_date_is_read_as_declared_and_never_guessed():
    chunk = translated(
        """
        Opened
        03/04/2021
        3/4/2021
        31/02/2021
        04/13/2021
        2021-04-03
        44289
        """,
        Involvements,
        {"opened_on": "Opened"},
    )
    assert column(chunk, "opened_on") == [date(2021, 4, 3), date(2021, 4, 3), None, None, None, None]
    assert chunk.uncast["opened_on"].to_pylist() == [False, False, True, True, True, True]


@pytest.mark.parametrize(("date_system", "day"), [(1900, date(2021, 4, 3)), (1904, date(2025, 4, 4))])
def test_a_workbooks_serial_number_is_its_date_by_its_own_day_zero_and_is_said(date_system, day):
    chunk = translated(
        """
        Opened
        44289
        03/04/2021
        """,
        Involvements,
        {"opened_on": "Opened"},
        reads=Workbook(),
        date_system=date_system,
    )
    assert column(chunk, "opened_on") == [day, date(2021, 4, 3)]
    assert chunk.corrected["opened_on"].to_pylist() == [True, False]


def test_an_instant_may_be_a_date_alone_and_then_means_midnight():
    chunk = translated(
        """
        Invited
        03/04/2021 14:05
        03/04/2021
        """,
        MeetingParticipation,
        {"invited_at": "Invited"},
    )
    assert column(chunk, "invited_at") == [datetime(2021, 4, 3, 14, 5), datetime(2021, 4, 3)]


def test_null_and_none_and_leading_zeros_are_values_and_blank_is_not():
    chunk = translated(
        """
        Team
        Null
        None
        Hernandez
        007

        """
        "\u00a0Dustin\u00a0\n",
        Involvements,
        {"team": "Team"},
    )
    assert column(chunk, "team")[:4] == ["Null", "None", "Hernandez", "007"]
    assert column(chunk, "team")[-1] == "Dustin"


def test_several_codes_in_a_cell_are_sorted_once_each_between_bars():
    chunk = translated(
        """
        Factors
        19B;2A;19B
        ;
        SA ; 2A

        """,
        Assessments,
        {"factor_codes": Said("Factors", {"SA": "19C"}, split=";")},
    )
    assert column(chunk, "factor_codes")[:3] == ["|19B|2A|", None, "|19C|2A|"]


def test_annex_a_letters_are_taken_off():
    chunk = translated(
        """
        Seen
        a) Yes
        b) No
        c) Unknown
        """,
        Assessments,
        {"child_seen_alone": Said("Seen", {"Unknown": ""}, strip=r"^[a-z]\) ")},
    )
    assert column(chunk, "child_seen_alone") == [True, False, None]
    assert chunk.uncast["child_seen_alone"].to_pylist() == [False, False, False]


def test_blanks_are_taken_out_of_an_nhs_number_and_it_is_said():
    chunk = translated(
        """
        NHS
        999 000 0018
        9990000018
        """,
        Involvements,
        {"nhs_number": "NHS", "agency_code": Always("health_gp")},
    )
    assert column(chunk, "nhs_number") == ["9990000018", "9990000018"]
    assert chunk.corrected["nhs_number"].to_pylist() == [True, False]
    assert column(chunk, "agency_code") == ["health_gp", "health_gp"]


def test_of_an_address_only_the_postcode_at_its_end_is_read():
    chunk = translated(
        """
        Address
        1 Null Lane, Sutton zz1 2ab
        1 Null Lane, Sutton
        ZZ1 2AB
        """,
        Children,
        {"postcode": "Address"},
    )
    assert column(chunk, "postcode") == ["ZZ1 2AB", None, "ZZ1 2AB"]


def test_columns_that_differ_in_case_only_are_told_apart():
    chunk = translated("Team | TEAM\n a | b", Involvements, {"team": "TEAM"})
    assert column(chunk, "team") == ["b"]


def test_rows_that_a_prepare_function_leaves_out_are_counted():
    stream = Stream(Involvements, {"team": "Team"}, prepare=lambda rows: rows.slice(1))
    prepared = prepare(as_in_file("Team\n a\n b\n c"), stream)
    assert (prepared.rows.num_rows, prepared.left_out) == (2, 1)


def test_no_rows_give_no_rows_with_every_column():
    stream = Stream(Involvements, {"team": "Team"})
    (chunk,) = translate(as_in_file("Team"), stream, Feed("f", "csc", "s", Csv(), (stream,), carries="its_period"))
    assert chunk.rows.num_rows == 0
    assert "team" in chunk.rows.column_names
