"""How secret a field is: every field of a command, an event or a table declares one of four classes.

`tests/unit/test_classification.py` fails on a field that declares none, so nobody adds a secret by forgetting.
"""

from enum import StrEnum
from typing import Annotated, TypeVar

T = TypeVar("T")


class DataClass(StrEnum):
    """Who may read a field, from anybody with a statistic to the desk alone."""

    OPEN = "open"
    """Fit for statistics."""
    OPERATIONAL = "operational"
    """Ids, times and states: kept in clear, never shown outside the network."""
    ROUTING = "routing"
    """What the rules need to choose whom to call: encrypted; desk, dispatcher and engine can read it."""
    IDENTITY = "identity"
    """What identifies a person: encrypted; the desk alone can read it."""


class Telephone(StrEnum):
    """Said of a field beside its class."""

    MAY_HOLD = "may_hold"
    """Telephone numbers in it are the case's own: it can be found by them."""


Open = Annotated[T, DataClass.OPEN]
Operational = Annotated[T, DataClass.OPERATIONAL]
Routing = Annotated[T, DataClass.ROUTING]
Identity = Annotated[T, DataClass.IDENTITY]
