"""School nursing: its staff's training."""

from connectors.systems import esr

FEEDS = (esr.feed("health_school_nursing"),)
