"""The Department for Education: published figures of England, the regions and every local authority."""

from connectors.systems.dfe_statistics import ASSESSMENTS, FACTORS, SECTION_47, feed

FEEDS = (
    feed("dfe_section_47", SECTION_47, "c4_*.csv"),
    feed("dfe_assessments", ASSESSMENTS, "c2_*.csv"),
    feed("dfe_factors", FACTORS, "c3_*.csv"),
)
