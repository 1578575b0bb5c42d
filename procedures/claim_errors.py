"""What cannot be said of an acceptance."""

from procedures.errors import Refused


class NothingToConfirm(Refused):
    """Nobody said without a PIN that she takes it, or it was answered, passed on or called off meanwhile."""

    template = "Nothing waits to be confirmed for {ref}. Look where it stands."


class SaidByAnother(Refused):
    """The answer that is meant is not the one that stands: another came, or it was proved, meanwhile."""

    template = "The answer you mean is not the one that stands for {ref} now. Look at the page again, then say it."


class SeveralSaidSo(Refused):
    """Several said so, and the command does not say whose answer is meant."""

    template = "More than one said so for {ref}: say whose answer you mean."


class NobodySaidSo(Refused):
    """It is not taken, or somebody holds it who never answered."""

    template = "Nobody has taken {ref}, so no answer can be called false. Look where it stands."
