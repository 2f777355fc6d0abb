"""The schools of the area: their safeguarding records, and their staff's training."""

from connectors.systems import cpoms, learning_platform

FEEDS = (
    cpoms.feed("edu_school"),
    learning_platform.feed("edu_school"),
)
