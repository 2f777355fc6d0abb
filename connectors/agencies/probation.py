"""The Probation Service: its staff's training."""

from connectors.systems import learning_platform

FEEDS = (learning_platform.feed("probation"),)
