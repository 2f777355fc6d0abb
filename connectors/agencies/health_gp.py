"""The general practices of the area, put together by the integrated care board."""

from connectors.systems import emis

FEEDS = (emis.feed("health_gp"),)
