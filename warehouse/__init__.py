"""The warehouse: facts as agencies sent them, the ledger of deliveries, and the figures drawn from both.

The only package that knows a database. DuckDB in one file is the default; PostgreSQL by its address.
"""
