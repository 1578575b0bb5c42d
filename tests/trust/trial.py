"""The two-step pathway of the fault rows, in force instead of the shipped ones while a house is being opened."""

from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from procedures.loading import library_of

FOLDER = Path(__file__).parent / "pathways"
PATHWAY = "relay"
CONSENT = "shelter"
RESULTS = {"first_leg": "handed_on", "second_leg": "arrived"}


def in_force() -> AbstractContextManager[object]:
    """The trial pathway in force for as long as the context lasts."""
    made = library_of([FOLDER])
    return patch.multiple("models.library", SHIPPED=FOLDER, shipped_library=lambda: made)
