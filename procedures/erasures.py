"""The erasure of cases: what one person proposes and another confirms. Pure: acts in, what follows out, or a refusal.

An erased case keeps its trail, whose hashes are over ciphertext, and loses the keys that open it. It is final on a day,
not at once: backups of the key store have to run out first (trust.md, law 5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from procedures.choosing import ROME
from procedures.errors import Refused, UnknownCase
from procedures.marking import N_

RETENTION = "retention"
"""Who acts where the time for which cases are kept is over."""
SIGNERS = 2
"""So many different people have to want it."""


class ErasureActKind(StrEnum):
    """What can be done."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    """Confirmed: its keys are destroyed."""
    HELD = "held"
    """Kept longer than its time, until a day."""
    HOLD_ENDED = "hold_ended"
    RULE_SIGNED = "rule_signed"
    """One person wants that cases are erased by themselves, so many days after their end at the earliest; two make
    it so."""
    RULE_ENDED = "rule_ended"
    """Nothing is erased by itself any more."""


REASONS: Mapping[str, str] = {
    "retention_over": N_("the time for which it is kept is over"),
    "her_request": N_("she asked for it"),
    "opened_by_mistake": N_("it was opened by mistake"),
    "ordered": N_("a court or an authority ordered it"),
}
"""Why a case is erased."""


HOLDS: Mapping[str, str] = {
    "proceeding": N_("it is needed in a proceeding"),
    "inspection": N_("an authority examines it"),
    "she_asks": N_("she asks that it is kept"),
    "complaint": N_("a complaint about it is open"),
}
"""Why a case is kept longer: a closed list, so that nothing of anybody stands in it."""
LONGEST_HOLD = timedelta(days=5 * 366)
OF_TWO = frozenset({ErasureActKind.PROPOSED, ErasureActKind.ERASED, ErasureActKind.RULE_SIGNED})
"""Where it counts who of the network somebody is: one person with two accounts is not two people."""
BY_TIME = "retention_over"
"""The reason against which a hold stands; her own wish and an order go before it."""


@dataclass(frozen=True, slots=True)
class ErasureAct:
    """One act about one case, or about the rule (then `case_id` is empty)."""

    kind: ErasureActKind
    at: datetime
    actor: str
    """`operator:ID`, or `RETENTION`. Never a name."""
    case_id: str = ""
    reason: str = ""
    final_on: date | None = None
    """The day after which no backup of the key store holds its keys; of an erasure."""
    days: int = 0
    """Of the rule."""
    until: date | None = None
    """The last day of a hold, in Rome."""
    person: str = ""
    """Who of the network the account was, where it takes two people; empty: nobody, or nobody knows."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Where the erasure of one case stands."""

    proposed_by: str
    proposed_at: datetime
    reason: str
    person: str = ""
    """Who of the network proposed it."""
    erased_at: datetime | None = None
    final_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """That a case is kept longer."""

    by: str
    reason: str
    until: date

    def is_over(self, now: datetime) -> bool:
        """Whether its last day, in Rome, is past."""
        return now.astimezone(ROME).date() > self.until


@dataclass(frozen=True, slots=True)
class Erasures:
    """What the acts made."""

    cases: Mapping[str, Erasure] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    """Whether or not they are over."""
    rule_days: int = 0
    rule_signers: tuple[str, ...] = ()
    rule_persons: frozenset[str] = frozenset()
    """Who of the network they are."""

    @property
    def rule(self) -> int | None:
        """How many days after its end a case may be erased by itself; None where two people did not sign that."""
        return self.rule_days if len(self.rule_signers) >= SIGNERS else None

    def held(self, case_id: str, now: datetime) -> Hold | None:
        """The hold that keeps this case now."""
        found = self.holds.get(case_id)
        return None if found is None or found.is_over(now) else found


class ErasureProposed(Refused):
    """It is proposed already."""

    template = "The erasure of this case is proposed already. Another person confirms it, or anybody withdraws it."


class NoErasureProposed(Refused):
    """There is nothing to confirm or to withdraw."""

    template = "Nobody proposed to erase this case."


class ErasureByOnePerson(Refused):
    """The same person proposed and confirmed."""

    template = "Whoever proposed it cannot confirm it. It takes another person."


class UnknownErasureReason(Refused):
    """No such reason."""

    template = "A case is erased for one of these reasons: {known}."


class CaseHeld(Refused):
    """Somebody keeps it longer."""

    template = "This case is kept until {day}: somebody holds it back. End the hold first, or wait for that day."


class BadHold(Refused):
    """Without a reason of the list, or until no day that can be."""

    template = "A case is held for one of these reasons: {known}; until a day that is to come, within five years."


class NoHold(Refused):
    """There is none to end."""

    template = "Nobody holds this case back."


class CaseNotOver(Refused):
    """Somebody may still be on the way to her."""

    template = "Only a case that is over is erased. Bring it to its end or cancel it first."


class CaseErased(UnknownCase):
    """Its keys were destroyed."""

    template = "This case was erased on {day}. Nothing of it can be read any more."


class RuleSigned(Refused):
    """The same person signed this rule before."""

    template = "Whoever signed that rule cannot sign it again. It takes another person."


class NoRule(Refused):
    """There is no rule to end."""

    template = "Nobody signed a rule by which cases are erased by themselves."


def after(known: Erasures, act: ErasureAct) -> Erasures:
    """What follows from one more act.

    Raises:
        UnknownErasureReason, ErasureProposed, NoErasureProposed, ErasureByOnePerson, CaseErased: not this, or not now.
        CaseHeld, BadHold, NoHold: of a case that is kept longer.
        RuleSigned, NoRule: nothing would change.
    """
    match act.kind:
        case ErasureActKind.RULE_SIGNED:
            return _signed(known, act)
        case ErasureActKind.RULE_ENDED:
            if not known.rule_signers:
                raise NoRule
            return replace(known, rule_days=0, rule_signers=(), rule_persons=frozenset())
        case ErasureActKind.HELD | ErasureActKind.HOLD_ENDED:
            return replace(known, holds=_held(known, act))
        case _:
            return replace(known, cases=_after(known, act))


def refuse_one_person(known: Erasures, act: ErasureAct, persons: Mapping[str, str]) -> None:
    """Where it takes two, `persons` being who of the network the actors are at this moment.

    An account may be tied to somebody only after it acted: what the acts say of that moment is not enough.

    Raises:
        ErasureByOnePerson, RuleSigned: this person has acted already, by another account.
    """
    if not act.person:
        return
    found = known.cases.get(act.case_id)
    proposed = act.kind is ErasureActKind.ERASED and found is not None and found.erased_at is None
    if proposed and found is not None and persons.get(found.proposed_by) == act.person:
        raise ErasureByOnePerson
    again = act.kind is ErasureActKind.RULE_SIGNED and act.days == known.rule_days
    if again and act.person in {persons.get(one) for one in known.rule_signers}:
        raise RuleSigned


def erasures_of(acts: Iterable[ErasureAct]) -> Erasures:
    """What these acts made, from the first one on. Raises as `after`."""
    known = Erasures()
    for act in acts:
        known = after(known, act)
    return known


def _signed(known: Erasures, act: ErasureAct) -> Erasures:
    persons = frozenset(filter(None, [act.person]))
    if act.days != known.rule_days:
        return replace(known, rule_days=act.days, rule_signers=(act.actor,), rule_persons=persons)
    if act.actor in known.rule_signers or not persons.isdisjoint(known.rule_persons):
        raise RuleSigned
    signers = (*known.rule_signers, act.actor)
    return replace(known, rule_signers=signers, rule_persons=known.rule_persons | persons)


def _held(known: Erasures, act: ErasureAct) -> Mapping[str, Hold]:
    found = known.cases.get(act.case_id)
    if found is not None and found.erased_at is not None:
        raise CaseErased(day=f"{found.erased_at:%Y-%m-%d}")
    if act.kind is ErasureActKind.HOLD_ENDED:
        if known.held(act.case_id, act.at) is None:
            raise NoHold
        return {case_id: one for case_id, one in known.holds.items() if case_id != act.case_id}
    today = act.at.astimezone(ROME).date()
    if act.reason not in HOLDS or act.until is None or not today <= act.until <= today + LONGEST_HOLD:
        raise BadHold(known=", ".join(HOLDS))
    return {**known.holds, act.case_id: Hold(act.actor, act.reason, act.until)}


def _after(known: Erasures, act: ErasureAct) -> Mapping[str, Erasure]:
    found = known.cases.get(act.case_id)
    if found is not None and found.erased_at is not None:
        raise CaseErased(day=f"{found.erased_at:%Y-%m-%d}")
    if act.kind is ErasureActKind.PROPOSED:
        if found is not None:
            raise ErasureProposed
        if act.reason not in REASONS:
            raise UnknownErasureReason(known=", ".join(REASONS))
        _refuse_held(known, act, act.reason)
        return {**known.cases, act.case_id: Erasure(act.actor, act.at, act.reason, act.person)}
    if found is None:
        raise NoErasureProposed
    if act.kind is ErasureActKind.WITHDRAWN:
        return {case_id: one for case_id, one in known.cases.items() if case_id != act.case_id}
    by_rule = act.actor == RETENTION and known.rule is not None
    same = act.actor == found.proposed_by or (act.person and act.person == found.person)
    if same and not by_rule:
        raise ErasureByOnePerson
    _refuse_held(known, act, found.reason)
    return {**known.cases, act.case_id: replace(found, erased_at=act.at, final_on=act.final_on)}


def _refuse_held(known: Erasures, act: ErasureAct, reason: str) -> None:
    """A hold stands against the calendar alone."""
    hold = known.held(act.case_id, act.at)
    if hold is not None and reason == BY_TIME:
        raise CaseHeld(day=hold.until.isoformat())
