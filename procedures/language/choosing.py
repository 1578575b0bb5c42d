"""Which of the services that offer a competence: what `choose` says beside the competence."""

from enum import StrEnum

from procedures.language.base import Model


class HowMany(StrEnum):
    """How many of those that may be asked are asked at a time."""

    ONE = "one"
    """The next one when one cannot."""
    FIRST = "first"
    """All of them at once: whoever accepts first has it."""
    ALL = "all"
    """All of them at once: each accepts, works and comes back with its result."""


FEWEST, MOST = 2, 9
"""How small and how large a number of those may be who bring their result each."""


class Choice(Model):
    """What narrows the choice. Each part counts; the directory, the hours and the exclusions count all the same."""

    territory: str | None = None
    """The fact that says in which territory to look, instead of the case's own."""
    same_as: str | None = None
    """The step whose body does this one too: the same service first."""
    different_from: tuple[str, ...] = ()
    """The steps none of whose bodies may do this one, whichever of them comes first."""
    same_person_as: str | None = None
    """The step whose body does this one too, and whose taker is called first."""
    other_person_than: tuple[str, ...] = ()
    """The steps none of whose takers may take this one, whichever of them comes first."""
    barred: tuple[str, ...] = ()
    """Competences: a body that offers one of them, in whichever service, is not asked."""
    how_many: HowMany | int = HowMany.ONE
    """A number: so many are asked at once, and so many come back with their result."""
    picked: bool = False
    """Whether the operator picks one of those that may be asked, when the step's turn comes."""

    @property
    def says_something(self) -> bool:
        """Whether it narrows anything."""
        return bool(self.territory or self.whose or self.different_from or self.other_person_than or self.barred)

    @property
    def whose(self) -> str | None:
        """The step whose body does this one too: whoever says the same person says the same body."""
        return self.same_as or self.same_person_as

    @property
    def each(self) -> bool:
        """Whether several bring their result each, and the step waits for all of theirs."""
        return self.how_many is HowMany.ALL or not isinstance(self.how_many, HowMany)

    @property
    def most(self) -> int | None:
        """How many of those that may be asked are asked at once; None: all of them."""
        if isinstance(self.how_many, HowMany):
            return 1 if self.how_many is HowMany.ONE else None
        return self.how_many

    @property
    def fewest(self) -> int:
        """How many must be asked: of those that are missing the coordinator gets one request each."""
        return 1 if isinstance(self.how_many, HowMany) else self.how_many
