"""The acute hospital trust: its safeguarding extract, and its staff's training."""

from connectors.systems import esr, trust_json

FEEDS = (
    trust_json.feed("health_acute"),
    esr.feed("health_acute"),
)
