"""How did the auditors grade the cases, and why not better? (domain catalogue 26)

The grades are the auditors' own, as they returned them. Beside them stands how many are good or outstanding
once moderated: the moderated grade where there is one, else the auditor's own; and of those graded by both, how many
moderation found better, the same, or worse. Grades are counted against the returns that carry one, the voice of the
child against those that answer, reasons against all returns. Watched for its trend: audits are small samples, so n is
always shown.
"""

from warehouse.metric import AUDIT_REASONS, RATINGS, Metric, and_, case, func, rows_of

returned = rows_of("audit_returns", unit=("audit_ref", "case_ref", "agency_code"), counted_on="audited_on")
GOOD = ("outstanding", "good")
grade, second = returned.c.rating_code, returned.c.moderated_rating_code
moderated = func.coalesce(second, grade)
grades = {"good_or_outstanding": grade.in_(GOOD)} | {code: grade == code for code in RATINGS}
after_moderation = {"moderated_good_or_outstanding": moderated.in_(GOOD)}
rank, second_rank = (
    case({code: place for place, code in enumerate(RATINGS)}, value=one) for one in (grade, second)
)  # the best is first
against = {
    "moderated_better": second_rank < rank,
    "moderated_the_same": second_rank == rank,
    "moderated_worse": second_rank > rank,
}
voice = {"voice_captured": returned.c.voice_captured}
reasons = {f"reason:{code}": returned.c.reason_codes.like(f"%|{code}|%") for code in AUDIT_REASONS}

METRIC = Metric(
    name="audit_rating",
    question="How did the auditors grade the cases, and what kept them from being better?",
    unit="audit return",
    recommendations=("R6", "F"),
    findings=tuple(AUDIT_REASONS),
    rows=returned,
    numerators={"recorded": grades | after_moderation | against | voice | reasons},
    denominators={
        "recorded": dict.fromkeys(grades, grade.is_not(None))
        | dict.fromkeys(after_moderation, moderated.is_not(None))
        | dict.fromkeys(against, and_(grade.is_not(None), second.is_not(None)))
        | dict.fromkeys(voice, returned.c.voice_captured.is_not(None))
    },
    headline="good_or_outstanding",
    by_agency=True,
    due="as_it_happens",
    returns=(("*", "audit_returns"),),
)
