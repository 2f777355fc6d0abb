"""A module and a schema (``.toml``) for each revision. What has been released is not changed any more."""
