"""The agencies of the partnership, one module each, found by scanning this folder: module = agency code."""
