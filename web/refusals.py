"""Which HTTP status goes with which failure of ours. The rules know nothing of HTTP."""

from http import HTTPStatus

from models.finding import NoTelephone
from models.invitations import InvitationOver
from models.network_sheets import RotaOfNobody, SheetUnknown, SheetUnusable
from models.safe_ways import NotAnAddress
from models.store_errors import CommandIdReused
from models.tying import UnknownNetworkPerson
from notifiers.language import said
from procedures import duty_changes, own_rules
from procedures import errors as e
from procedures.errors import StaffettaError
from procedures.marking import N_
from procedures.people import UnknownAccount
from procedures.person_errors import NotOneOfThem, SayWhoTakesIt
from procedures.pick_errors import NotAmongThem
from procedures.verifying_channels import CodeWrong
from web.factwords import voice
from web.naming import Names

UNPROCESSABLE = (
    NoTelephone,
    NotAnAddress,
    e.UnknownFact,
    e.WrongFactValue,
    e.UnknownTerritory,
    e.UnknownConsent,
    e.UnknownPathway,
    e.UnknownReason,
    e.UnknownResult,
    e.WrongEvidence,
    e.UnknownAgreeingBody,
    e.UnknownRunning,
    e.UnknownEnded,
    e.UnknownStep,
    e.UnknownSignal,
    e.SignalNotTheirs,
    e.NotOpenedByThem,
    NotAmongThem,
    UnknownNetworkPerson,
    SheetUnusable,
    SheetUnknown,
    RotaOfNobody,
    duty_changes.NoMoment,
    duty_changes.WhyNeeded,
    duty_changes.ChangeBackwards,
    duty_changes.ChangeOver,
    duty_changes.ChangeTooLong,
    e.UnknownService,
    NotOneOfThem,
    SayWhoTakesIt,
    CodeWrong,
    own_rules.RuleUnclear,
    own_rules.EverythingOff,
    own_rules.AwayBackwards,
    own_rules.AwayOver,
    own_rules.AwayTooLong,
)
LISTS = frozenset({"known", "steps", "outcomes"})
"""What is ours to list whole; all other words may be whatever was typed."""
LONGEST_TYPED = 120
"""Of a word that was typed no more is said again: the sentence must be seen around it."""


def status_of(failure: StaffettaError) -> int:
    """404 for what is not there, 422 for what was typed wrong, 409 where the rules say no, 503 for the rest."""
    if isinstance(failure, e.UnknownCase | e.UnknownHandoff | UnknownAccount | InvitationOver):
        return HTTPStatus.NOT_FOUND
    if isinstance(failure, UNPROCESSABLE):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    said_no = isinstance(failure, e.Refused | CommandIdReused)
    return HTTPStatus.CONFLICT if said_no else HTTPStatus.SERVICE_UNAVAILABLE


def told(refusal: StaffettaError, names: Names) -> str:
    """The refusal for a person: facts and fields are called what the form calls them; a long word is cut."""
    if isinstance(refusal, e.UnknownResult) and not refusal.data["result"]:
        return names.words.gettext(N_("Choose how it ended."))
    for name, value in refusal.data.items():
        if type(value) is str and name not in LISTS and len(value) > LONGEST_TYPED:
            refusal.data[name] = f"{value[:LONGEST_TYPED]}…"
    if isinstance(refusal, e.WrongEvidence):
        refusal.data["field"] = names.field(str(refusal.data["field"]))
    if isinstance(refusal, e.SignalNotTheirs | e.NotDecidedAnewBy):
        refusal.data["known"] = ", ".join(names.agreeing(body) for body in str(refusal.data["known"]).split(", "))
    about_a_fact = isinstance(refusal, e.WrongFactValue | e.FactUnchanged | e.FactNotChangedBy | e.FactOnlyRises)
    if about_a_fact and (fact := names.library.facts.get(str(refusal.data["fact"]))):
        refusal.data["fact"] = fact.title.said(names.language)
    if isinstance(refusal, e.FactNotChangedBy | e.FactOnlyRises) and about_a_fact:
        refusal.data["known"] = ", ".join(voice(names, body) for body in str(refusal.data["known"]).split(", "))
    if isinstance(refusal, e.NotOpenedByThem):
        refusal.data["known"] = ", ".join(names.agreeing(word) for word in str(refusal.data["known"]).split(", "))
        current = names.library.current[str(refusal.data["pathway"])]
        refusal.data["pathway"] = current.title.said(names.language)
    return said(refusal, names.language)
