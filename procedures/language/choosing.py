"""Which of the services that offer a competence: what `choose` says beside the competence."""

from enum import StrEnum

from procedures.language.base import Model


class HowMany(StrEnum):
    """How many of those that may be asked are asked at a time."""

    ONE = "one"
    """The next one when one cannot."""
    FIRST = "first"
    """All of them at once: whoever accepts first has it."""


class Choice(Model):
    """What narrows the choice. Each part counts; the directory, the hours and the exclusions count all the same."""

    territory: str | None = None
    """The fact that says in which territory to look, instead of the case's own."""
    same_as: str | None = None
    """The step whose body does this one too: the same service first."""
    different_from: tuple[str, ...] = ()
    """The steps none of whose bodies may do this one, whichever of them comes first."""
    barred: tuple[str, ...] = ()
    """Competences: a body that offers one of them, in whichever service, is not asked."""
    how_many: HowMany = HowMany.ONE
    picked: bool = False
    """Whether the operator picks one of those that may be asked, when the step's turn comes."""

    @property
    def says_something(self) -> bool:
        """Whether it narrows anything."""
        return bool(self.territory or self.same_as or self.different_from or self.barred)
