"""The Metropolitan Police: its records system, and its officers' training."""

from connectors.systems import learning_platform, niche

FEEDS = (
    niche.feed("police"),
    # The force's own tenant of the platform writes semicolons.
    learning_platform.feed("police", delimiter=";"),
)
