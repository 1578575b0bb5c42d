"""What cannot be said of an acceptance."""

from procedures.errors import Refused


class NothingToConfirm(Refused):
    """Nobody said without a PIN that she takes it, or it was answered, passed on or called off meanwhile."""

    template = "Nothing waits to be confirmed for {ref}. Look where it stands."


class NobodySaidSo(Refused):
    """It is not taken, or somebody holds it who never answered."""

    template = "Nobody has taken {ref}, so no answer can be called false. Look where it stands."
