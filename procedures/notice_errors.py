"""Why nothing can be read behind a notice."""

from procedures.errors import Refused


class NothingToRead(Refused):
    """No notice with a page; or its time is over, it was called off, or the consent to it is there no more."""

    template = "There is nothing to read behind {ref}, or not any more."
