"""What metrics count, declared once: meetings, pairs, children, enquiries, assessments, offers, and their facts.

A population is a subquery with one row a unit: ``unit_ref`` (an agency's own number of the case, never of the
child), ``counted_on`` (the day that decides its period), ``agency_code`` ("" where the unit belongs to no one
agency), and the facts a metric asks for. Facts that are not recorded are false: silence is not assurance.

Metrics have all of it from `warehouse.metric`.
"""
