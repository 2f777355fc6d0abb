"""The bugs that `tests.faults.planted_bugs` plants: each would make a board's figures wrong, and nobody would know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Planted:
    """One bug, and the tests that should catch it."""

    name: str
    does: str
    """What it would do to a board's figures."""
    file: str
    old: str
    """What it takes the place of; it stands in the file exactly once."""
    new: str
    tests: tuple[str, ...]
    """Where pytest should find it: as few and as fast as will do."""


def within(file: str, *names: str) -> tuple[str, ...]:
    """Tests of one file, as pytest is told of them."""
    return tuple(f"{file}::{name}" for name in names)


READING: Final = (
    Planted(
        "swapped_date",
        "5 April is read as 4 May: meetings are counted in another month, and late ones look in time.",
        "connectors/translate.py",
        "', '.join(map(_quoted, formats))",
        "', '.join(_quoted(one.replace('%d/%m', '%m/%d')) for one in formats)",
        within("tests/connectors/test_translate.py", "test_a_date_is_read_as_declared_and_never_guessed"),
    ),
    Planted(
        "lost_row",
        "The last row of every block of a CSV is never read: every count is a little too low, and the ledger balances.",
        "connectors/csv_rows.py",
        "yield self._without_blanks(numbered)",
        "yield self._without_blanks(numbered.slice(0, max(len(numbered) - 1, 0)))",
        within("tests/connectors/test_read_csv.py", "test_nothing_is_trimmed_inferred_or_taken_for_missing"),
    ),
    Planted(
        "lost_between_chunks",
        "A large file loses a row where it is cut into chunks.",
        "connectors/translate.py",
        "wanted.slice(start, CHUNK_ROWS)",
        "wanted.slice(start, CHUNK_ROWS - 1)",
        within("tests/flows/test_delivery.py", "test_a_wide_file_of_many_chunks_loses_no_row[duckdb]"),
    ),
    Planted(
        "wrong_column",
        "Columns are named by the alphabet and not by their place: one column's cells are counted as another's.",
        "connectors/header.py",
        "for position, cell in enumerate(cells, start=1):\n        name = declared",
        "for position, cell in enumerate(sorted(cells), start=1):\n        name = declared",
        within(
            "tests/connectors/test_read_csv.py",
            "test_a_cell_belongs_to_the_column_it_stands_under_wherever_that_stands",
        ),
    ),
    Planted(
        "wrong_row_accepted",
        "A row with two errors is loaded, because the second takes back what the first said.",
        "schemas/verdict.py",
        "accepted &= ~wrong",
        "accepted ^= wrong",
        within(
            "tests/flows/test_delivery.py",
            "test_every_row_is_loaded_refused_or_ignored_and_each_refusal_is_named[duckdb]",
        ),
    ),
    Planted(
        "contradiction_loaded",
        "Of two rows that contradict one another both are loaded: one meeting is counted twice, as held and as not.",
        "schemas/verdict.py",
        '.transform("nunique") > 1',
        '.transform("nunique") > 2',
        within("tests/schemas/test_verdict.py", "test_of_repeated_rows_one_stays_and_of_contradictory_rows_none"),
    ),
    Planted(
        "hidden_number_added",
        "A published number that was hidden for being small is added up as 0: the comparison is too low.",
        "connectors/systems/dfe_statistics.py",
        'sound = pc.and_(pc.equal(mark, ""), pc.equal(unreadable, ""))',
        'sound = pc.equal(unreadable, "")',
        within("tests/connectors/test_dfe_statistics.py", "test_a_sum_with_a_hidden_part_is_hidden_and_not_a_number"),
    ),
)

GATES: Final = (
    Planted(
        "shrink_gate_ignored",
        "An export cut short is loaded and looks like good news: fewer meetings, all of them in time.",
        "warehouse/delivery_gates.py",
        "found += [shrink(told, earlier, limits), drift(told, earlier, limits)]",
        "found += [drift(told, earlier, limits)]",
        within(
            "tests/warehouse/test_delivery_gates.py", "test_the_same_period_sent_again_may_not_lose_more_than_a_fifth"
        ),
    ),
    Planted(
        "gates_only_of_the_first",
        "Gates hold only the first file of a month: a correction that lost half its rows replaces the whole one.",
        "flows/delivery.py",
        "    if stopped:\n",
        "    if stopped and not standing:\n",
        within(
            "tests/flows/test_decisions.py",
            "test_a_correction_is_held_like_any_file_and_what_it_would_replace_stands[duckdb]",
        ),
    ),
    Planted(
        "control_total_ignored",
        "Rows that the agency counted and that were lost on the way are missed by nobody.",
        "warehouse/delivery_gates.py",
        "if stated != there and stated != there + passed_over:",
        "if stated < there:",
        within("tests/warehouse/test_delivery_gates.py", "test_a_row_more_or_less_than_the_manifest_says_holds"),
    ),
    Planted(
        "manifest_unread",
        "The agency's count beside its file is never looked at.",
        "flows/sweep.py",
        "control_totals=manifest.beside(file.path)",
        "control_totals=None",
        within("tests/flows/test_sweep.py", "test_a_manifest_beside_a_file_is_believed_and_is_no_file_itself[duckdb]"),
    ),
)

HISTORY: Final = (
    Planted(
        "doubled_load",
        "Every row that a second file repeats stands there twice: meetings of all months but the last count double.",
        "warehouse/history.py",
        "fresh = ~exists(select(1).where(known))",
        "fresh = true()",
        within(
            "tests/warehouse/test_history.py",
            "test_what_changes_from_month_to_month_held_from_one_to_the_other[duckdb]",
        ),
    ),
    Planted(
        "lost_correction",
        "The first file of a month goes on counting: what the agency corrected is not.",
        "warehouse/standing.py",
        '"counts": one is chain[-1],',
        '"counts": one is chain[0],',
        within(
            "tests/warehouse/test_history.py",
            "test_a_correction_of_a_month_never_held_before_and_is_known_since_it_came[duckdb]",
        ),
    ),
    Planted(
        "late_file_wins",
        "September's file, delivered in November, overwrites what October's said since.",
        "warehouse/standing.py",
        "ordered = sorted(chains.values(), key=order)",
        "ordered = sorted(chains.values(), key=lambda chain: chain[-1].sequence)",
        within(
            "tests/warehouse/test_history.py",
            "test_deliveries_in_any_order_end_in_the_same_versions[duckdb-four months-its_period]",
        ),
    ),
    Planted(
        "absence_is_nothing",
        "A row that the agency took out of its corrected file stays: cancelled meetings go on counting.",
        "warehouse/history.py",
        "touching(connection, union(keys, absent))",
        "touching(connection, keys)",
        within(
            "tests/warehouse/test_history.py",
            "test_what_the_absence_of_a_row_means_is_the_feeds_to_say[duckdb-its_period-2026-10-what_became0]",
        ),
    ),
    Planted(
        "provenance_overwritten",
        "A row is said to come from the last file that repeated it: nobody finds when it was first known.",
        "warehouse/versions.py",
        "order_by=of.in_chain)",
        "order_by=of.in_chain.desc())",
        within(
            "tests/warehouse/test_history.py",
            "test_an_older_version_that_comes_after_the_newer_counts_when_the_newer_is_withdrawn[duckdb]",
        ),
    ),
    Planted(
        "known_too_early",
        "What a person released today counts as known since its file came: figures of last week cannot be had again.",
        "flows/delivery.py",
        "known_at = ledger.moment(connection, now)",
        "known_at = receipt.received_at",
        within(
            "tests/flows/test_decisions.py",
            "test_a_held_delivery_is_released_as_it_is_and_one_that_is_not_held_is_not[duckdb]",
        ),
    ),
    Planted(
        "known_to_ignored",
        "As known then, a row and its correction both stand: last quarter's report cannot be had again.",
        "warehouse/known.py",
        "where(since, or_(of.known_to.is_(None), until), of.valid_to.is_(None))",
        "where(since, of.valid_to.is_(None))",
        within(
            "tests/warehouse/test_known.py",
            "test_the_figures_of_each_moment_are_those_that_were_worked_out_then[duckdb]",
        ),
    ),
)

LEDGER: Final = (
    Planted(
        "state_not_compared",
        "Of two runs that deal with one file the second overwrites what the first did, and nobody hears of it.",
        "warehouse/ledger.py",
        "DELIVERIES.c.delivery_id == delivery_id, DELIVERIES.c.state.in_(expected))",
        "DELIVERIES.c.delivery_id == delivery_id)",
        within(
            "tests/warehouse/test_ledger.py",
            "test_a_step_from_a_state_the_delivery_is_not_in_is_refused_and_changes_nothing[duckdb]",
        ),
    ),
    Planted(
        "withdrawn_stands",
        "A file that a person withdrew goes on counting.",
        "warehouse/standing.py",
        '("loaded", "published", "duplicate")',
        '("loaded", "published", "duplicate", "withdrawn")',
        within(
            "tests/flows/test_decisions.py",
            "test_a_withdrawn_delivery_leaves_what_the_others_say_and_its_file_stays[duckdb]",
        ),
    ),
    Planted(
        "duplicate_counted_twice",
        "Both versions of a month count in the volumes that the audit judges by: half an extract looks usual.",
        "warehouse/ledger.py",
        "for column in of)).where(numbered.c.newest == 1)",
        "for column in of)).where(numbered.c.newest >= 1)",
        within(
            "tests/warehouse/test_ledger.py", "test_of_every_chain_only_the_newest_delivery_that_stands_counts[duckdb]"
        ),
    ),
    Planted(
        "older_version_wins",
        "The first version of a file, sent again after the second, overwrites it.",
        "warehouse/standing.py",
        "key=lambda one: (one.revision, one.sequence, one.attempt)",
        "key=lambda one: (one.sequence, one.attempt)",
        within(
            "tests/warehouse/test_history.py",
            "test_an_older_version_that_comes_after_the_newer_counts_when_the_newer_is_withdrawn[duckdb]",
        ),
    ),
    Planted(
        "transaction_split",
        "A crash leaves a file that the ledger calls loaded and of which no row is there: it is never loaded again.",
        "flows/delivery.py",
        "    ledger.place(connection, delivery)\n",
        '    ledger.place(connection, delivery)\n    connection.exec_driver_sql("COMMIT")\n'
        '    connection.exec_driver_sql("BEGIN")\n',
        within(
            "tests/flows/test_decisions.py",
            "test_a_release_cut_short_is_carried_out_when_it_is_repeated[duckdb-INSERT INTO ledger.delivery_members]",
        ),
    ),
)

QUARANTINE: Final = (
    Planted(
        "waiver_for_ever",
        "Rows that a person let be until Christmas are let be for ever: they are missing and nobody asks.",
        "warehouse/waivers.py",
        "REFUSED.waived_until < today)",
        "REFUSED.waived_until < date.min)",
        within(
            "tests/warehouse/test_quarantine.py",
            "test_rows_are_waived_by_rule_and_feed_for_a_time_and_count_as_open_again_after_it[duckdb]",
        ),
    ),
    Planted(
        "nobody_looks_at_waivers",
        "No night looks whether a waiver has ended.",
        "flows/sweep.py",
        "    quarantine.expire(store, now.date())\n",
        "",
        within(
            "tests/flows/test_sweep.py",
            "test_refused_rows_are_let_be_until_the_night_after_their_waivers_last_day[duckdb]",
        ),
    ),
    Planted(
        "corrected_row_stays_open",
        "Rows that the agency has corrected are returned to it as wrong for ever.",
        "flows/delivery.py",
        'by_table[name].select(["row_key"]), now)',
        'by_table[name].select(["row_key"]).slice(0, 0), now)',
        within(
            "tests/flows/test_delivery.py",
            "test_a_refused_row_is_closed_by_its_correction_and_by_a_later_month[duckdb]",
        ),
    ),
)

IDENTITIES: Final = (
    Planted(
        "clear_number",
        "The NHS numbers of children stand in the warehouse and in the analysts' copy of it.",
        "warehouse/pseudonyms.py",
        "return tokens.take(encoded.indices)",
        "return values.take(encoded.indices)",
        within("tests/warehouse/test_pseudonyms.py", "test_numbers_become_tokens_dates_their_month_and_names_go"),
    ),
    Planted(
        "birth_day_kept",
        "A child's day of birth stands in the warehouse: with the school it names the child.",
        "warehouse/pseudonyms.py",
        'pc.floor_temporal(column, unit="month")',
        'pc.floor_temporal(column, unit="day")',
        within("tests/warehouse/test_pseudonyms.py", "test_numbers_become_tokens_dates_their_month_and_names_go"),
    ),
    Planted(
        "vault_not_told",
        "What a child was called is kept nowhere: after a change of the key no child is known again.",
        "flows/delivery.py",
        "place.vault.keep(examined.vaulted(), place.key)",
        "examined.vaulted()",
        within(
            "tests/quorate/test_identities.py",
            "test_nothing_that_identifies_is_in_the_warehouse_and_the_vault_is_its_owners",
        ),
    ),
    Planted(
        "old_key_after_rotation",
        "After a change of the key the history goes on with the old one: a correction finds no row to correct.",
        "warehouse/rotation.py",
        "for target in (FACTS[name], HISTORY[name]))",
        "for target in (FACTS[name],))",
        within(
            "tests/warehouse/test_rotation.py",
            "test_after_a_rotation_everything_is_as_if_it_had_been_loaded_with_the_new_key[duckdb]",
        ),
    ),
    Planted(
        "merged_by_birth_month",
        "Children who were born in one month are one child: the plan of one counts for all of them.",
        "warehouse/children.py",
        "where(trusted.c.is_own, trusted.c.kind != BORN)",
        "where(trusted.c.is_own)",
        within(
            "tests/warehouse/test_children.py",
            "test_of_five_thousand_children_none_is_merged_with_another_and_most_are_found[duckdb]",
        ),
    ),
    Planted(
        "likeness_without_postcode",
        "Surname and birth date are enough to ask whether two children are one: people confirm strangers.",
        "warehouse/candidates.py",
        "same[0] & same[1] & same[2]",
        "same[0] & same[1]",
        within(
            "tests/warehouse/test_candidates.py",
            "test_surname_birth_date_and_postcode_make_a_candidate_and_two_nhs_numbers_tell_twins_apart[duckdb]",
        ),
    ),
    Planted(
        "rejected_pair_merged",
        "Two children whom a person has told apart are one child.",
        "warehouse/children.py",
        'if decision == "confirmed"]',
        "if decision]",
        within(
            "tests/warehouse/test_candidates.py",
            "test_a_confirmed_pair_is_one_child_survives_a_refresh_and_can_be_taken_back[duckdb]",
        ),
    ),
)

FIGURES: Final = (
    Planted(
        "refused_file_is_a_return",
        "An agency whose rows were all refused counts as having answered: not assured becomes 0 of 0.",
        "warehouse/gathering.py",
        "usable = or_(of.loaded + of.unchanged > 0, of.rows_in == of.ignored)",
        "usable = of.rows_in >= 0",
        within("tests/warehouse/test_figures.py", "test_a_delivery_whose_rows_were_all_refused_is_no_return[duckdb]"),
    ),
    Planted(
        "missing_extract_is_0",
        "Meetings of a month without the list of who came count as meetings at which nobody was.",
        "warehouse/figures.py",
        "else covered[who].complete_months",
        "else period.months()",
        within(
            "tests/warehouse/test_figures.py",
            "test_only_complete_months_are_counted_and_coverage_says_how_many[duckdb]",
        ),
    ),
    Planted(
        "cancelled_counts",
        "A cancelled meeting counts as one that Health missed.",
        "warehouse/matching.py",
        '.where(_MEETINGS.c.status_code == "held", _MEETINGS',
        ".where(_MEETINGS",
        within("tests/warehouse/metrics/test_health_present.py", "test_health_present[duckdb]"),
    ),
    Planted(
        "sarc_is_health",
        "The sexual assault referral centre alone makes Health present: the audit's first finding vanishes.",
        "warehouse/parameters.toml",
        "[sarc_is_health]\nvalue = false",
        "[sarc_is_health]\nvalue = true",
        within("tests/warehouse/metrics/test_health_present.py", "test_health_present[duckdb]"),
    ),
    Planted(
        "bank_holidays_count",
        "Bank holidays count as working days: meetings after Easter are late that were not.",
        "warehouse/calendar.py",
        'np.is_busday(days, holidays=np.array(sorted(bank_holidays()), dtype="datetime64[D]"))',
        "np.is_busday(days)",
        within("tests/warehouse/test_calendar.py", "test_easter_takes_two_working_days"),
    ),
    Planted(
        "small_numbers_coloured",
        "Two of two is green and one of two red: chance is taken for assurance.",
        "warehouse/assurance.py",
        'base < number("bands.too_few_to_colour")',
        "base < 1",
        within(
            "tests/warehouse/test_figures.py", "test_every_headline_has_its_target_and_small_numbers_are_grey[duckdb]"
        ),
    ),
)

PUBLISHING: Final = (
    Planted(
        "audit_ignored",
        "Figures that the audit calls unlikely are published all the same.",
        "flows/publication.py",
        "            raise\n        decision = Decision(",
        "            return None\n        decision = Decision(",
        within("tests/flows/test_publication.py", "test_nobody_accepts_what_they_cannot_have_seen[duckdb]"),
    ),
    Planted(
        "held_figures_shown",
        "Figures that were held back are what analysts see.",
        "flows/publication.py",
        "raise  # the figures are undone: those published last stand",
        "return Published(measures, held_back=str(stopped))",
        within(
            "tests/flows/test_sweep.py",
            "test_figures_that_cannot_be_true_are_held_back_and_the_last_report_stands[duckdb]",
        ),
    ),
    Planted(
        "silent_restatement",
        "A figure of a closed quarter changes after the board has seen it, and nothing says so.",
        "warehouse/publications.py",
        "if was is None or any(",
        'if was is None or not was["was_over"] and any(',
        within(
            "tests/warehouse/test_publications.py",
            "test_only_what_says_something_else_is_recorded_and_a_closed_month_is_a_restatement[duckdb]",
        ),
    ),
    Planted(
        "withdrawal_unpublished",
        "After a withdrawal the report goes on showing what was withdrawn.",
        "warehouse/publications.py",
        "changes = (loaded, taken_back.limit(1), decided.limit(1))",
        "changes = (loaded, decided.limit(1))",
        within(
            "tests/warehouse/test_publications.py",
            "test_a_publication_is_due_until_all_that_is_loaded_was_shown[duckdb]",
        ),
    ),
    Planted(
        "snapshot_in_place",
        "The analysts' copy is written over while they read it: they see half a night.",
        "warehouse/snapshot.py",
        "arriving.replace(target)",
        "target.touch(0o440)\n        target.write_bytes(arriving.read_bytes())",
        within("tests/warehouse/test_snapshot.py", "test_what_a_reader_has_open_is_never_written_to"),
    ),
)

ARCHIVE: Final = (
    Planted(
        "receipts_out_of_order",
        "When the clock was set back, a correction is replayed before what it corrects.",
        "connectors/receipts.py",
        "sequence=max(receipt.sequence, last + 1)",
        "sequence=receipt.sequence",
        within("tests/connectors/test_receipts.py", "test_processes_at_the_same_time_never_share_a_sequence"),
    ),
    Planted(
        "decisions_not_replayed",
        "A rebuilt warehouse has again what people had withdrawn, and lacks what they had released.",
        "flows/rebuilding.py",
        "else _decide(entry, place)",
        'else ""',
        within("tests/flows/test_rebuilding.py", "test_a_rebuilt_warehouse_is_the_same_to_the_last_row[duckdb]"),
    ),
)

GAINED: Final = (
    Planted(
        "every_row_changed_by_a_column",
        "After a migration every row of a file that comes again looks changed: history without a reason.",
        "warehouse/pseudonyms.py",
        "first = [column.name for column in fact_columns(table) if column.since is None]",
        "first = [column.name for column in fact_columns(table)]",
        within(
            "tests/warehouse/migrations/test_columns_gained.py",
            "test_a_row_from_before_is_unchanged_when_the_same_file_comes_again[duckdb]",
        ),
    ),
    Planted(
        "gained_column_not_heard",
        "A word in a column that a table gained is not taken for a change: what an agency adds is never loaded.",
        "warehouse/pseudonyms.py",
        "[one.name for one in fact_columns(table) if one.since]",
        "[]",
        within(
            "tests/warehouse/migrations/test_columns_gained.py",
            "test_a_value_in_a_new_column_is_another_word_on_the_row[duckdb]",
        ),
    ),
    Planted(
        "content_outlives_its_words",
        "Down and up again, a file with the values passes for a duplicate of what no longer has them.",
        "warehouse/migrations/facts_0003.py",
        ".values(content_hash=None)",
        ".values(content_hash=of.c.content_hash)",
        within(
            "tests/warehouse/migrations/test_columns_gained.py",
            "test_down_a_row_that_loses_a_value_is_hashed_as_the_second_release_did[duckdb]",
        ),
    ),
    Planted(
        "silent_member_stays",
        "Of a month whose corrected file lacks a report the rows of the wrong one stay, or not, as the files came.",
        "flows/delivery.py",
        "arrival.examined.to_load()",
        "arrival.examined.by_table()",
        within(
            "tests/flows/test_optional_members.py",
            "test_a_newer_file_of_the_month_that_lacks_it_takes_its_rows_back_in_any_order",
        ),
    ),
)

SECOND_READING: Final = within(
    "tests/warehouse/test_second_reading.py",
    "test_figures_of_a_few_hundred_meetings_are_those_of_a_second_reading[1]",
)
CATALOGUE: Final = (
    Planted(
        "sent_before_the_meeting",
        "A plan of the week before counts as the plan of the meeting, sent in time.",
        "warehouse/parts.py",
        "in_time = and_(sent, sent_day.c.day >= held_day.c.day, taken",
        "in_time = and_(sent, taken",
        SECOND_READING,
    ),
    Planted(
        "everybodys_receipt",
        "A receipt for one child tells of all children of the meeting: practices look told that were not.",
        "warehouse/parts.py",
        "or_(told.number.is_(None), told.number == child.number)",
        "told.held_ref.is_not(None)",
        SECOND_READING,
    ),
    Planted(
        "birthday_late",
        "A child of five is not of school age in the month of its birthday.",
        "warehouse/parts.py",
        'age >= parameter("school_age.from") * 12',
        'age > parameter("school_age.from") * 12',
        SECOND_READING,
    ),
    Planted(
        "not_invited_is_invited",
        "An agency that the record calls not invited counts as informed.",
        "warehouse/parts.py",
        "and_(was_invited, said.c.invited_at.is_not(None))",
        "said.c.invited_at.is_not(None)",
        SECOND_READING,
    ),
    Planted(
        "half_silent_providers",
        "Support counts as not started where one of two providers sent nothing.",
        "warehouse/populations/offers.py",
        "not_(ever(RETURNS.c.agency_code.is_(None)))",
        "ever(RETURNS.c.agency_code.is_not(None))",
        SECOND_READING,
    ),
    Planted(
        "any_closing_discussion",
        "A closing discussion that the police date weeks away confirms that of Children's Social Care.",
        "warehouse/populations/pathway.py",
        'ever(apart <= parameter("matching.within_working_days"))',
        "ever(apart >= 0)",
        SECOND_READING,
    ),
    Planted(
        "reason_before_closure",
        "A reason that came before the police closed counts as the reason of the closure.",
        "warehouse/populations/pathway.py",
        "links.c.came_on >= investigation.closed_on,",
        "links.c.came_on.is_not(None),",
        SECOND_READING,
    ),
    Planted(
        "overdue_a_day_early",
        "An assessment counts as overdue on the last day of its limit.",
        "warehouse/populations/pathway.py",
        "== began.c.working_day_number + parameter(limit) + 1",
        "== began.c.working_day_number + parameter(limit)",
        SECOND_READING,
    ),
    Planted(
        "seen_before_the_enquiry",
        "A child who was seen before the enquiry began counts as seen within it.",
        "warehouse/cohort.py",
        "case((of.child_seen_alone_on >= of.started_on, of.child_seen_alone_on))",
        "of.child_seen_alone_on",
        SECOND_READING,
    ),
    Planted(
        "anybodys_decision",
        "A social worker's decision counts as a manager's.",
        "warehouse/cohort.py",
        "case((by_manager, day_of(held.decision_at)))",
        "day_of(held.decision_at)",
        SECOND_READING,
    ),
    Planted(
        "discussion_without_its_meeting",
        "A telephone discussion without an enquiry's number is a sequence of its own, and counts as one that failed.",
        "warehouse/cohort.py",
        "meeting.c.s47_ref, case((is_known, func.min(meeting.c.s47_ref).over(partition_by=same_concern)))",
        "meeting.c.s47_ref",
        SECOND_READING,
    ),
    Planted(
        "silent_police_agree",
        "Police who sent nothing count as having recorded no concern.",
        "warehouse/metrics/records_agree.py",
        "or_(not_(say.police_speak), say.police_record)",
        "say.police_record",
        SECOND_READING,
    ),
)

PLANTED: Final = (
    *READING, *GATES, *HISTORY, *LEDGER, *QUARANTINE, *IDENTITIES, *FIGURES, *PUBLISHING, *ARCHIVE, *GAINED, *CATALOGUE,
)  # fmt: skip
