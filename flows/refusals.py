"""Why a file was refused whole, said again by its rule: the ledger keeps no more of it."""

from __future__ import annotations

from typing import Final

SAYS: Final = {
    "file.changing": "The file was being written when it was read. Send it again.",
    "file.closed": "It is a link, or nobody may read it. Send the file itself.",
    "file.crashed": "The file made the program that reads it crash. Export it again, and open it before you send it.",
    "file.damaged": "The file is damaged or cut short. Export it again and send it whole.",
    "file.delimiter": "The cells are parted by another character than was agreed. Export it as it was agreed.",
    "file.doctype": "The file has a DOCTYPE. Export it without one.",
    "file.empty": "The file is empty. Export it again and send it whole.",
    "file.encoding": "The file's characters are in another encoding than was agreed. Export it in the one agreed on.",
    "file.encrypted": "The file is protected by a password. Send it without one.",
    "file.format": "The file is of another kind than was agreed. Export it as it was agreed.",
    "file.malformed": "The file is not well-formed. Export it again and send it whole.",
    "file.manifest": "The manifest beside the file cannot be read. Mend it or leave it out.",
    "file.missing_column": "The header lacks columns that were agreed. Export the file with them, spelt as before.",
    "file.missing_member": "The file lacks a part that was agreed. Export it again with every part.",
    "file.nul": "The file is damaged, or is not text. Export it again and send it whole.",
    "file.open_quote": "A quotation mark is opened and not closed. Close it, or write one inside a cell as two.",
    "file.repeated_column": "Two columns have one name. Give every column a name of its own.",
    "file.title_row": "The header is not where it was agreed. Leave out the lines above it.",
    "file.too_big": "The file is larger than one may be. Send a shorter period, or delete empty rows and columns.",
    "file.too_slow": "The file was not read in the time that one may take. Export it again, or send a shorter period.",
    "file.truncated": "The file breaks off. Export it again and send it whole.",
}
"""Rule → what is wrong and what to do, in the words of all connectors."""


def says(rule: str) -> str:
    """What is said of a file that was refused by a rule, whether or not the rule is known here."""
    return SAYS.get(rule, f"It was refused whole, by the rule {rule}. Ask the partnership.")
