"""Did the agencies close the section 47 enquiry together? (domain catalogue 21, triangulated)

Recorded: Children's Social Care dates a closing discussion. Confirmed: and the police date one about the same child
on that day, or within matching.within_working_days of it. The police can be asked where an investigation of the child
was open near the start of the enquiry; other enquiries are not covered.
"""

from warehouse.metric import Metric, Target, and_, concluded_csa_enquiries

enquiries = concluded_csa_enquiries()
was = enquiries.c

METRIC = Metric(
    name="closing_discussion",
    question="Did the agencies close the section 47 enquiry together?",
    unit="completed enquiry",
    recommendations=("R2", "R6"),
    rows=enquiries,
    numerators={
        "recorded": {"": was.was_discussed},
        "confirmed": {"": and_(was.was_discussed, was.police_say_so)},
    },
    covered=and_(was.police_know, was.police_returned),
    returns=(("csc", "section_47_enquiries"),),
    target=Target("targets.closing_discussion"),
)
