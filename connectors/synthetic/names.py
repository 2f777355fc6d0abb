"""Names and addresses of made-up children: syllables, and postcodes of an area that does not exist.

They come from the child's number, not from the dice: whatever is drawn elsewhere, a child is called the same.
"""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from connectors.synthetic.facts import Child

BEGINNINGS: Final = (
    "Bar",
    "Dol",
    "Fen",
    "Gor",
    "Hal",
    "Kes",
    "Lun",
    "Mar",
    "Nor",
    "Pel",
    "Quen",
    "Ros",
    "Sil",
    "Tor",
    "Wen",
)
ENDINGS: Final = (
    "acre",
    "bourn",
    "dale",
    "ell",
    "ford",
    "gate",
    "holt",
    "ison",
    "ley",
    "mere",
    "ney",
    "sted",
    "ton",
    "wick",
)
FORENAMES: Final = (
    "Adela",
    "Borin",
    "Cala",
    "Doran",
    "Elmo",
    "Fira",
    "Galen",
    "Hesta",
    "Ivo",
    "Jora",
    "Kelda",
    "Loric",
)
TRAPS: Final = ("Null", "None", "O'Nann-Hernandez")
"""Surnames to trip a reader that takes a name for nothing."""


def named(child: Child, family: str) -> Child:
    """The child with a name and an address; ``family`` is the number of its eldest: siblings share both."""
    home, own = sha256(family.encode()).digest(), sha256(child.ref.encode()).digest()
    surname = BEGINNINGS[home[0] % len(BEGINNINGS)] + ENDINGS[home[1] % len(ENDINGS)]
    if home[2] < 4:
        surname = TRAPS[home[2] % len(TRAPS)]
    postcode = f"ZZ{home[3] % 9 + 1} {home[4] % 10}{chr(65 + home[5] % 26)}{chr(65 + home[6] % 26)}"
    address = f"{home[7] % 99 + 1} {BEGINNINGS[home[8] % len(BEGINNINGS)]} Lane, Madeup, {postcode}"
    forename = "" if child.born_on is None else FORENAMES[own[0] % len(FORENAMES)]
    return replace(child, surname=surname, forename=forename, address=address)
