"""Prefect's notification blocks as channels: e-mail, Teams or Slack as they were set up in its user interface.

``notify_blocks = ["slack-webhook/board"]`` names them, by type and name. The message is the same as everywhere. They
lie on Prefect's server: who knows none (``PREFECT_API_URL``) cannot tell them.
"""

from __future__ import annotations

from typing import Any, Final

from flows.notices import Channel, Message, Untold
from flows.settings import Settings

AGAIN: Final = "The next run under Prefect tries again; so does `quorate notify` where PREFECT_API_URL is set."


def channels(settings: Settings) -> list[Channel]:
    """A channel for each block of the settings; a block is looked up when there is something to tell."""
    return [_by_block(name) for name in settings.notify_blocks]


def _by_block(name: str) -> Channel:
    def send(message: Message) -> None:
        from prefect.blocks.abstract import NotificationBlock  # noqa: PLC0415 - only where somebody is told
        from prefect.blocks.core import Block  # noqa: PLC0415 - as above

        try:
            blocks: Any = Block  # its own types do not know how it is called without waiting
            block = blocks.load(name, _sync=True)
            if not isinstance(block, NotificationBlock):
                raise Untold("it is no notification block.")
            with block.raise_on_failure():
                notify: Any = block.notify
                notify(message.body, subject=message.title, _sync=True)
        except Untold:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever a channel does, the night goes on
            raise Untold(f"its block failed ({type(failure).__name__}); look at it in Prefect.") from None

    return Channel(name, send, AGAIN)
