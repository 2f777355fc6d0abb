"""The key that every test's pseudonyms are made with, unless the test is about keys."""

from typing import Final

from warehouse.keys import VARIABLE, Key

KEY_TEXT: Final = "5e" * 32
KEY: Final = Key(bytes.fromhex(KEY_TEXT), VARIABLE)
