"""What can go wrong with a sign-in elsewhere: a sentence for her, and a word for the log that names nobody."""

from procedures.errors import StaffettaError


class ProviderFailure(StaffettaError):
    """The sign-in elsewhere came to nothing. What the provider said is not repeated: it may say who she is."""

    def __init__(self, reason: str, **data: object) -> None:
        """`reason` is a word of ours, for the log."""
        super().__init__(**data)
        self.reason = reason


class ProviderAway(ProviderFailure):
    """It cannot be reached, is slow, or has no hand free."""

    template = "The other sign-in does not answer. Sign in with your password, or try again in some minutes."


class ProviderDenied(ProviderFailure):
    """She, or the provider, said no."""

    template = "You were not signed in there. Try again, or sign in with your password."


class ProviderTooWeak(ProviderFailure):
    """None of the values of `acr` that the settings ask for."""

    template = "You were signed in there, but not strongly enough for this desk. Try again there in a stronger way."


class ProviderNotBelieved(ProviderFailure):
    """What came back does not prove what it must."""

    template = "What the other sign-in says cannot be believed. Use your password, and tell whoever runs this desk."
