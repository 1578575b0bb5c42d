"""A decision being made: the events so far and the state they lead to, with what the rules may look at.

Only `decide` makes a draft; it never leaves the call.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from procedures.case import (
    CONFIRM_CALL,
    AlertNote,
    AlertState,
    CallNote,
    CaseState,
    Giver,
    Handoff,
    HandoffMode,
    HandoffState,
    Party,
    PartyKind,
    PathwayRun,
    StepRun,
)
from procedures.choosing import coordinator_of, in_charge, present, present_first, reachable_people
from procedures.choosing_terms import choice_of
from procedures.directory import Coordinator, Directory
from procedures.events import AlertPurpose, AlertQueued, AlertWithdrawn, Event, LinkUse
from procedures.evolving import evolve
from procedures.naming import opaque_id, reference
from procedures.persons import kept_away
from procedures.schema import AnyStep, Library, Pathway

ANSWER_LINK_SECONDS = 72 * 3600
"""A link for an answer ends with its handoff, and after 72 hours at most (trust.md, one-tap link)."""


def calls_to_confirm(step: StepRun, ref: str) -> Mapping[str, CallNote]:
    """The calls for somebody who confirms what was said of this handoff without a PIN, by the id of their alert."""
    return {one: call for one, call in step.calls.items() if (call.purpose, call.about) == (CONFIRM_CALL, ref)}


class Draft:
    """The events of one decision, gathered while the state follows them."""

    def __init__(self, state: CaseState, library: Library, directory: Directory, now: datetime) -> None:
        self.state = state
        self.library = library
        self.directory = directory
        self.now = now
        self.events: list[Event] = []

    def note(self, event: Event) -> None:
        """Add an event and follow it. With the last claim of a handoff ends what calls for somebody to confirm it."""
        self.events.append(event)
        before = self.state.handoffs.get(getattr(event, "ref", None) or "")
        self.state = evolve(self.state, event)
        if before and before.waits_to_be_confirmed and not self.handoff(before.ref).waits_to_be_confirmed:
            self._withdraw(calls_to_confirm(self.step_run(before.run_id, before.step), before.ref))

    def draw_reference(self, kind: str) -> str:
        """The next reference for people. Drawing counts when the event that carries it is noted."""
        return reference(self.state.seed, kind, self.state.drawn)

    def draw_id(self, kind: str) -> str:
        """The next id for programs."""
        return opaque_id(self.state.seed, kind, self.state.drawn)

    def run(self, run_id: str) -> PathwayRun:
        """The run as it stands now."""
        return self.state.runs[run_id]

    def pathway(self, run_id: str) -> Pathway:
        """The exact text the run is pinned to."""
        return self.library.by_hash[self.state.runs[run_id].content_hash]

    def step(self, run_id: str, name: str) -> AnyStep:
        """What the pathway says of the step; of one that its edition does not have, what an earlier one said."""
        pathway = self.pathway(run_id)
        if name in pathway.steps:
            return pathway.steps[name]
        earlier = (self.library.by_hash[text] for text in reversed(self.run(run_id).earlier))
        return next(text.steps[name] for text in earlier if name in text.steps)

    def step_run(self, run_id: str, name: str) -> StepRun:
        """Where the step stands."""
        return self.state.runs[run_id].steps[name]

    def handoff(self, ref: str) -> Handoff:
        """The handoff as it stands now."""
        return self.state.handoffs[ref]

    def coordinator(self) -> Coordinator | None:
        """The named last link for this case; None where nobody of any coordination may be written to."""
        return coordinator_of(self.directory, self.state.territory, self.state.exclusions)

    def coordinator_party(self) -> Party:
        """The coordinator as somebody who can hold a baton.

        Where everybody is excluded it is the territory's own all the same: an office that nobody writes to, so that
        the board shows an owner. A territory that no network knows any more stands for its own coordination.
        """
        found = self.coordinator() or coordinator_of(self.directory, self.state.territory)
        return Party(kind=PartyKind.COORDINATOR, id=found.id if found else self.state.territory)

    def people_of(self, party: Party) -> tuple[str, ...]:
        """Whom to alert at a party, first one first: the person on duty, a desk's person, a coordinator's people.

        Nobody who is excluded, and nobody who shares a mailbox with one. A party that left the network is spoken for
        by the coordination.
        """
        if party.kind is PartyKind.SERVICE and party.id in self.directory.services:
            return self.reachable(in_charge(self.directory, self.directory.services[party.id], self.now)[:1])
        if party.kind is PartyKind.DESK and party.id in self.directory.desks:
            return self.reachable((self.directory.desks[party.id].person,))
        own = self.directory.coordinators.get(party.id)
        people = self.reachable(own.people) if own and own.id not in self.state.exclusions else ()
        last = self.coordinator()
        found = people or (self.reachable(last.people) if last else ())
        return present_first(self.directory, found, self.now)

    def people_about(self, handoff: Handoff, party: Party, person: str | None = None) -> tuple[str, ...]:
        """Whom to write to about a handoff, first one first; `person` before the others of the party, or alone.

        Of a service nobody whom the procedure keeps from the step, nor whoever reads a channel with one. In a
        coordination they come last: somebody has to answer for it, though it is not theirs to take.
        """
        away = self.kept_away(handoff)
        if not away:
            return self.reachable((person,)) if person else self.people_of(party)
        service = self.directory.services.get(party.id) if party.kind is PartyKind.SERVICE else None
        if service is not None:
            everybody = (*((person,) if person else ()), *in_charge(self.directory, service, self.now))
            return self.reachable(reachable_people(self.directory, dict.fromkeys(everybody), away))
        people = self.reachable((person,)) if person else self.people_of(party)
        free = reachable_people(self.directory, people, away)
        return (*free, *(one for one in people if one not in free))

    def stand_ins(self, handoff: Handoff, *, everybody: bool = False) -> tuple[str, ...]:
        """Who can be called in the place of whoever was: the deputy, where the step may be theirs.

        `everybody`: where the procedure says which person is called first, whoever is on duty and the referent too.
        """
        service = self.directory.services.get(handoff.service or "")
        if service is None:
            return ()
        choice = choice_of(self.step(handoff.run_id, handoff.step))
        away = self.kept_away(handoff)
        people = present(self.directory, (service.deputy,) if service.deputy else (), self.now)
        if everybody and (away or choice.same_person_as):
            people = in_charge(self.directory, service, self.now)
        return reachable_people(self.directory, people, away)

    def kept_away(self, handoff: Handoff) -> frozenset[str]:
        """Who is not called for a handoff's step and cannot take it: it is to be another person's."""
        run, step = self.run(handoff.run_id), self.step(handoff.run_id, handoff.step)
        return kept_away(self.state, self.directory, self.pathway(handoff.run_id), run, step)

    def reachable(self, people: Iterable[str]) -> tuple[str, ...]:
        """Those of them who may be written to in this case."""
        return reachable_people(self.directory, people, self.state.exclusions)

    def alert(
        self,
        purpose: AlertPurpose,
        handoff: Handoff,
        *,
        to: Party,
        person: str | None = None,
        link: LinkUse = LinkUse.NONE,
        call: str | None = None,
    ) -> None:
        """Queue a message about a handoff to the party that holds it, or to another that must act on it.

        To nobody where everybody there is excluded: the handoff's clocks run on.
        """
        handoff = self.handoff(handoff.ref)
        if handoff.waits_for_a_pick:
            link = LinkUse.NONE  # there is nothing to take yet: it is picked at the desk
        accepted = handoff.state is HandoffState.ACCEPTED
        by = handoff.complete_by if accepted else handoff.accept_by
        people = self.people_about(handoff, to, person)
        if not people:
            return
        until = self.now + timedelta(seconds=ANSWER_LINK_SECONDS)
        if link is LinkUse.RESULT and by and by > self.now:
            until = by
        self.note(
            AlertQueued(
                at=self.now,
                alert_id=self.draw_id("alert"),
                purpose=purpose,
                ref=handoff.ref,
                about=handoff.ref,
                run_id=handoff.run_id,
                step=handoff.step,
                to=to,
                person=people[0],
                link=link,
                answer_by=by,
                link_until=until if link is not LinkUse.NONE else None,
                again=any(alert.person == people[0] for alert in handoff.alerts.values()),
                call=call,
            )
        )

    def word(self, purpose: AlertPurpose, handoff: Handoff) -> None:
        """Tell whoever passed the baton what became of it, under their own reference."""
        giver = handoff.giver
        if giver.party == handoff.owner or giver.party.id == handoff.service:
            return
        self.tell_party(purpose, giver, handoff.run_id, handoff.step)

    def tell_party(
        self,
        purpose: AlertPurpose,
        giver: Giver,
        run_id: str,
        step: str | None,
        *,
        person: str | None = None,
        call: str | None = None,
    ) -> None:
        """Queue a message without a link, under the reader's own reference. To nobody where all are excluded."""
        people = self.reachable((person,)) if person else self.people_of(giver.party)
        if not people:
            return
        self.note(
            AlertQueued(
                at=self.now,
                alert_id=self.draw_id("alert"),
                purpose=purpose,
                ref=giver.ref,
                run_id=run_id,
                step=step,
                to=giver.party,
                person=people[0],
                call=call,
            )
        )

    def withdraw_alerts(self, ref: str) -> None:
        """What is not sent yet of this handoff shall not be sent any more."""
        self._withdraw(self.handoff(ref).alerts)

    def withdraw_calls(self, run_id: str, step: str) -> None:
        """What the step calls for is settled: what is not sent yet of it shall not be sent any more."""
        self._withdraw(self.step_run(run_id, step).calls)

    def _withdraw(self, alerts: Mapping[str, AlertNote] | Mapping[str, CallNote]) -> None:
        for alert_id in [alert_id for alert_id, alert in alerts.items() if alert.state is AlertState.QUEUED]:
            self.note(AlertWithdrawn(at=self.now, alert_id=alert_id))

    def still_open(self, run_id: str, step: str) -> list[Handoff]:
        """What is still open of one step: more than one only where it tells several, or asks several at once."""
        handoffs = (self.handoff(ref) for ref in self.step_run(run_id, step).handoffs)
        return [handoff for handoff in handoffs if handoff.is_open]

    def others_asked(self, handoff: Handoff) -> list[Handoff]:
        """The others that were asked at once with this one, and of which the first that accepts has it."""
        if handoff.mode is not HandoffMode.ASK or handoff.each:
            return []
        return [other for other in self.still_open(handoff.run_id, handoff.step) if other.ref != handoff.ref]

    def open_handoffs(self) -> Iterable[Handoff]:
        """Every handoff that still waits for something, oldest first."""
        return [handoff for handoff in self.state.handoffs.values() if handoff.is_open]
