"""The local authority's early help service: its staff's training."""

from connectors.systems import learning_platform

FEEDS = (learning_platform.feed("la_early_help"),)
