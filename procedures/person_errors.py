"""Why somebody cannot take a step that is to be another person's."""

from procedures.errors import Refused


class AskedOfAnother(Refused):
    """Whoever took one step may not take the other: four eyes."""

    template = (
        "By its procedure {ref} is for another person than whoever took {steps}. Let somebody else take it, or decline "
        "it, so that another service is asked."
    )


class SayWhoTakesIt(Refused):
    """Somebody speaks for a service one of whose people may not take it, and does not say which of them does."""

    template = (
        "By its procedure {ref} is for another person than whoever took {steps}. Say which person takes it this time."
    )


class NotAColleague(Refused):
    """Whoever was named is not of the service that was asked, or is not to take this step."""

    template = "{ref} cannot be given to this person. Choose one of the colleagues on the list."


class ColleagueWasAsked(Refused):
    """Whoever was named has it already."""

    template = "This colleague was alerted for {ref} already. Telephone, or choose another one."


class NotOneOfThem(Refused):
    """The person who was named is not of the service that was asked."""

    template = (
        "{ref} is not for this person to take. Choose one of the people of the service or coordination that has it."
    )
