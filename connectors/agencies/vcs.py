"""The voluntary organisation that supports children after sexual abuse."""

from connectors.systems import lamplight

FEEDS = (lamplight.feed("vcs"),)
