"""What planted bugs are made of."""

from typing import Any


def part(where: Any, name: str) -> Any:
    """What a module uses under this name."""
    return getattr(where, name)


def nothing(*_about: Any, **_how: Any) -> None:
    """Do nothing."""
