"""Bringing a warehouse that holds data from one release's schema to another's, up and down.

Only `warehouse.migrations.moving` imports alembic; what every command asks (`warehouse.schema_version`) does not.
"""
