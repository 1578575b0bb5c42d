"""A set of words that is always written in the same order: what is sealed and hashed may not hang on the process."""

from typing import Annotated

from pydantic import PlainSerializer

Words = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str], when_used="json")]
"""Sorted wherever it becomes JSON; read in any order."""
