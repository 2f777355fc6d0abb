"""Child and adolescent mental health services: the trust's safeguarding extract, and its staff's training."""

from connectors.systems import esr, trust_json

FEEDS = (
    trust_json.feed("health_camhs", sends_receipts=False, gives_support=True),
    esr.feed("health_camhs"),
)
