"""Children's Social Care: Mosaic for its cases, the census and Annex A it returns, and its staff's training."""

from connectors.systems import annex_a, cin_census, learning_platform, mosaic

FEEDS = (
    mosaic.feed("csc"),
    cin_census.feed("csc"),
    annex_a.feed("csc"),
    learning_platform.feed("csc"),
)
