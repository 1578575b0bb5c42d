"""How a driver says what one provider is asked, and reads what it answers. A driver holds no connection and no state.

None of these providers documents a key that makes a repeat harmless: what may have been taken is *uncertain*, and 503,
which a machine in between can say after the SMS was taken, is so too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notifiers.gsm import OutsideGsmAlphabet, septets
from notifiers.message import Message
from notifiers.outcomes import Outcome

if TYPE_CHECKING:
    from notifiers.accounts import Account


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: to which path, with which headers, and either JSON or the fields of a form."""

    path: str
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    fields: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    sign_in: tuple[str, str] | None = field(default=None, repr=False)
    """User and password of HTTP's own sign-in (RFC 7617)."""


Answered = Mapping[str, Any]
"""The JSON object of an answer; empty where it is none."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One provider's public interface."""

    company: str
    page: str
    """The public documentation that it was written from."""
    secrets: str
    """What stands before the `@` of the url, in the provider's own words."""
    has_user: bool
    """Whether those are two words; one alone is the user."""
    asks: Callable[["Account", Message], Asked]
    reads: Callable[[int, Answered], Outcome | None]
    """What status and body say; None where the status says it all. Texts of the provider never leave this function."""


def is_gsm(text: str) -> bool:
    """Whether the text fits the alphabet of an SMS. Else it has to be asked for as Unicode."""
    try:
        septets(text)
    except OutsideGsmAlphabet:
        return False
    return True


def digits(number: str) -> str:
    """A number without its plus; a name as it is."""
    return number.removeprefix("+")
