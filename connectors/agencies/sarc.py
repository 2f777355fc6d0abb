"""The Havens, London's sexual assault referral centre: its register, and its staff's training."""

from connectors.systems import esr, havens

FEEDS = (
    havens.feed(),
    esr.feed("sarc"),
)
