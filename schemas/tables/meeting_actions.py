"""What a strategy meeting agreed that somebody would do."""

from schemas.table import Day, Table, Text, code, day, ref


class MeetingActions(Table, key=("meeting_ref", "action_ref")):
    """One row is an action agreed at a strategy meeting; one without an owner or a date is nobody's."""

    meeting_ref: Text = ref("the meeting, in Children's Social Care's numbering", required=True)
    action_ref: Text = ref("the action's own number, or its place in the meeting's list", required=True)
    owner_agency_code: Text = code("agencies", "the agency that owns it")
    owner_role_code: Text = code("roles", "the role that owns it")
    due_on: Day = day("when it is due")
    done_on: Day = day("when it was done", past=True)
