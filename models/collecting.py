"""How seldom a process of the house looks for garbage: what a command makes goes by itself, but for a few circles."""

import gc

SELDOM = (20_000, 20, 20)
"""Python's own 700 would have it look several times within each command, some 5 % of its time (measured)."""


def collect_seldom() -> None:
    """To be called once everything is imported: that stays, and looking through it delays an alert by milliseconds."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
