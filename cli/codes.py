"""Codes and references as they are typed: capital letters or not, with a blank from a message or without."""


def as_kept(typed: str) -> str:
    """The code or reference as it is kept."""
    return typed.strip().upper()
