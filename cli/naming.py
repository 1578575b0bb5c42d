"""Names for ids, in the language of this run: services, roles, pathways and steps. Of people only the role is shown."""

from dataclasses import dataclass

from cli.printing import moment
from cli.speech import _, language
from procedures.case import HandoffState, PartyKind
from procedures.directory import Coordinator, Desk, Directory, Service
from procedures.language.facts import OPERATOR
from procedures.marking import N_
from procedures.schema import COORDINATOR, Library, Pathway
from procedures.showing import names
from procedures.showing.names import competence
from procedures.values import as_moment

STATES = {
    HandoffState.REQUESTED: N_("requested"),
    HandoffState.ALERTED: N_("alerted"),
    HandoffState.ACKNOWLEDGED: N_("seen"),
    HandoffState.ACCEPTED: N_("taken"),
    HandoffState.COMPLETED: N_("completed"),
    HandoffState.DECLINED: N_("declined"),
    HandoffState.EXPIRED: N_("no answer"),
    HandoffState.CANCELLED: N_("cancelled"),
}


def state_word(state: HandoffState, *, overdue: bool, result: str | None = None) -> str:
    """Where a handoff stands; one that is overdue says so first. With a result its time was over."""
    word = _("its time is over") if state is HandoffState.EXPIRED and result else _(STATES[state])
    return _("OVERDUE, {state}").format(state=word) if overdue else word


def agreeing(body: str) -> str:
    """Whose word it is: what a service is asked for, the coordinator, or the operator."""
    if body == OPERATOR:
        return _("an operator")
    return _("the coordinator") if body == COORDINATOR else competence(body, language())


def voice(by: str) -> str:
    """On whose word a fact changes: the operator's, or what a service is asked for."""
    return _("the operator") if by == OPERATOR else competence(by, language())


@dataclass(frozen=True)
class Names:
    """What the ids of a case are called. An id that has left the directory is shown as it is."""

    directory: Directory
    library: Library

    def party(self, kind: str, party_id: str) -> str:
        """The service, coordinator or desk."""
        entry = self._entry(kind, party_id)
        return entry.name.said(language()) if entry else party_id

    def service(self, service_id: str | None, coordinator: str | None = None) -> str:
        """The service; without one the coordinator, who holds what nobody could be asked for."""
        if service_id is not None:
            return self.party(PartyKind.SERVICE, service_id)
        return self.party(PartyKind.COORDINATOR, coordinator) if coordinator else _("nobody")

    def pathway(self, name: str, content_hash: str | None = None) -> str:
        """The pathway, as the text it is pinned to calls it."""
        found = self._pathway(name, content_hash)
        return found.title.said(language()) if found else name

    def step(self, pathway: str, step: str, content_hash: str | None = None, competence_: str | None = None) -> str:
        """The step of that pathway, or of another edition of it: a pathway may have been moved.

        With `competence_`, where the step tells several: for which of them.
        """
        found = self._pathway(pathway, content_hash)
        if found is not None and step not in found.steps:
            others = [one for one in self.library.by_hash.values() if one.name == found.name and step in one.steps]
            found = max(others, key=lambda one: one.edition, default=None)
        named = found.steps.get(step) if found else None
        title = named.title.said(language()) if named else step
        return f"{title}: {competence(competence_, language())}" if competence_ else title

    def fact(self, name: str) -> str:
        """What the vocabulary calls the fact."""
        return names.fact(name, self.library.facts, language())

    def fact_value(self, name: str, value: object) -> str:
        """What the fact says."""
        if value is None:
            return _("not told")
        at = as_moment(value) if isinstance(value, str) else None
        if at is not None:
            return moment(at) or ""
        return names.value(value, self.library.facts.get(name), language()) if isinstance(value, int | str) else ""

    def signal(self, name: str, content_hash: str) -> str:
        """The signal of the text with this hash."""
        found = self._pathway("", content_hash)
        named = found.signals.get(name) if found else None
        return named.title.said(language()) if named else name

    def role(self, service_id: str | None, person: str | None) -> str | None:
        """Who of that service would be called: its referent, its deputy, or whoever is on duty."""
        service = self.directory.services.get(service_id or "")
        if service is None or person is None:
            return None
        if person == service.referent:
            return _("referent")
        return _("deputy") if person == service.deputy else _("on duty")

    def actor(self, actor: str) -> str:
        """Who did something, by an opaque id."""
        kind, _colon, found = actor.partition(":")
        if kind == "service":
            return self.party(PartyKind.SERVICE, found)
        words = {
            "operator": _("an operator"),
            "person": _("a person of the network"),
            "program": _("a program"),
            "clock": _("the clock"),
            "carrier": _("a carrier"),
        }
        return words.get(kind, actor)

    def _pathway(self, name: str, content_hash: str | None) -> Pathway | None:
        return self.library.by_hash.get(content_hash) if content_hash else self.library.current.get(name)

    def _entry(self, kind: str, party_id: str) -> Service | Coordinator | Desk | None:
        if kind == PartyKind.SERVICE:
            return self.directory.services.get(party_id)
        if kind == PartyKind.COORDINATOR:
            return self.directory.coordinators.get(party_id)
        return self.directory.desks.get(party_id)
