"""Every command, in turn and out of it, on the shipped pathways and other editions of them, in a network that changes.

Nothing is lost, said twice, without somebody or without an end; and whatever was done, a case comes home.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from procedures import commands as c
from procedures import events as e
from procedures.case import (
    CaseState,
    CaseStatus,
    Handoff,
    HandoffMode,
    HandoffState,
    PartyKind,
    PathwayRun,
    RunState,
    StepState,
)
from procedures.directory import Directory
from procedures.drafting import Draft
from procedures.faults import ProcedureFaults
from procedures.language.choosing import HowMany
from procedures.loading import SHIPPED, load_pathway, shipped_library
from procedures.persons import readers_of
from procedures.previewing import preview
from procedures.schema import AnyStep, AskStep, Pathway, TellStep
from procedures.timing import dues, next_due
from procedures.whonow_case import who_in_case
from tests.properties.pathways_drawn import TITLE
from tests.properties.test_exploring_agrees import Case, opened
from tests.unit.test_rules_machine import forgotten

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MOST_EVENTS = 200
"""Of one command: what several times as much led to would never end."""
EVENT: TypeAdapter[e.Event] = TypeAdapter(e.AnyEvent)
ANYBODY = ("person:somebody", "person:coord_uno", "operator:1")
ACTS = (
    *("answers", "answers_anyhow", "answers_anyhow", "carriers_say", "signals", "changes", "waits", "waits_until_due"),
    *("steers", "steers", "cancels", "reopens", "moves", "moves", "network_changes", "nobody_looks"),
)
ON_A_WORKING_DAY = "moves_to: working day in IT"
PERSONS = ("other_person_than", "same_person_as")
AFTER = r"(?m)^(    ask: \w+)$((?:\n    .*)*?\n    needs: \[([a-z_]+)\b.*)"
"""A step that asks after another step; which other has to ask, too, or the text cannot be read."""
OTHERWISE = (
    (r"(\d+) (min|h|days)\b", r"2\1 \2"),
    (r"\n    when: \{[^\n]*\}(?=\n)", ""),
    (r"\n    when: \{[^\n]*\}(?=\n)", "\n    when: {incident_at: {ago: {less_than: 72 h}}}"),
    (r"\n    needs: [^\n]*(?=\n)", ""),
    (r"\n  \w+:\n    tell: [^\n]*(\n    [^\n]*)*", ""),
    (r"\n    (not_before|extend|repeat|on_expiry): [^\n]*(?=\n)", ""),
    (r"(?m)^(    ask: \w+)$", r"\1\n    two_persons: true"),
    (r"(?m)^(    ask: \w+)$", r"\1\n    choose: {picked: true}"),
    (
        r"(?m)^(    ask: \w+)$((?:\n    (?!escalate).*)*)(\n    escalate:(\n      .*)*)?",
        r"\1\n    choose: {how_many: first}\2",
    ),
    (r"(?m)^(    tell: .+)$", r"\1\n    level: status"),
    (r"(?m)^    (complete_within|within): (\d+ (days|weeks|months?))$", rf"    \1: {{within: \2, {ON_A_WORKING_DAY}}}"),
    (r"(?m)^(    (ask|await): .+)$", r"\1\n    anew: {by: [legal_aid, coordinator]}"),
    (
        r"(?s)\nsteps:\n(.*?)\n    tell: ([^\n]*)\n",
        rf"\nfacts:\n  calm: {{type: boolean, {TITLE}}}\nsteps:\n\1\n    tell: \2\n    when: {{calm: true}}\n",
    ),
    *((AFTER, rf"\1\n    choose: {{{word}: \3}}\2") for word in PERSONS),
)


@lru_cache
def editions_of(name: str) -> tuple[Pathway, ...]:
    """The shipped text, and what becomes of it by each of these changes where it still can be read."""
    text = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
    found = [shipped_library().current[name]]
    for number, (words, others) in enumerate(OTHERWISE, start=90):
        other = re.sub(r"^edition: \d+$", f"edition: {number}", re.sub(words, others, text), flags=re.MULTILINE)
        try:
            found.append(load_pathway(other, f"{name}.yaml", shipped_library().facts))
        except ProcedureFaults:
            continue
    return tuple(found)


class Anybody(Case):
    """A case with which anybody does anything."""

    def tries(self, kind: type[c.Command], **fields: object) -> bool:
        before, seen = self.story.state, len(self.story.trail)
        done = super().tries(kind, **fields)
        if done:
            self.is_sound(self.story.trail[seen:])
        else:
            assert (self.story.state, len(self.story.trail)) == (before, seen), "a refused command leaves nothing"
        return done

    def is_sound(self, new: Iterable[e.Event]) -> None:
        state, events = self.story.state, list(new)
        assert len(events) < MOST_EVENTS
        assert [EVENT.validate_json(event.model_dump_json()) for event in events] == events
        assert self.forgotten_by_all() == []
        for event in events:
            if isinstance(event, e.AlertQueued) and event.about and event.to.kind is PartyKind.SERVICE:
                draft = Draft(state, self.story.library, self.story.directory, self.story.now)
                away = draft.kept_away(state.handoffs[event.about])
                assert away.isdisjoint(readers_of(self.story.directory, event.person)), event
        clocks = {due.ref for due in dues(state)}
        for handoff in state.handoffs.values():
            told, over = handoff.mode is HandoffMode.TELL, all(limit.passed for limit in handoff.limits)
            waits = handoff.ref in clocks or self.holders_of(handoff) or handoff.paused_at is not None or told
            late = over and handoff.state is HandoffState.ACCEPTED
            assert waits or late or not (handoff.is_open and state.status is CaseStatus.OPEN), handoff
        for run in state.runs.values():
            for step in run.steps.values():
                at_work = self.at_work(run, step.step)
                assert bool(at_work) == (step.state is StepState.ACTIVE), step
                assert len(at_work) <= self.most_at_work(run, step.step), step
        if state.status is CaseStatus.OPEN:
            assert any(run.state is RunState.RUNNING for run in state.runs.values())
            assert who_in_case(state, self.story.library, self.story.directory, self.story.now) is not None

    def forgotten_by_all(self) -> list[str]:
        """Who was asked together with others is not forgotten while the coordinator is called about one of them."""
        state = self.story.state
        found = forgotten(state)
        return [ref for ref in found if ref not in state.handoffs or self.holders_of(state.handoffs[ref]) <= set(found)]

    def holders_of(self, handoff: Handoff) -> set[str]:
        """What the coordinator holds of it: of several who may accept first he holds one for all (decision 30)."""
        run = self.story.state.runs[handoff.run_id]
        together = [handoff]
        if self.asks_for_the_first(run, handoff.step):
            together += [self.story.state.handoffs[ref] for ref in run.steps[handoff.step].handoffs]
        return {one.ref for one in together if one.overdue and one.is_open}

    def asks_for_the_first(self, run: PathwayRun, name: str) -> bool:
        return any(
            isinstance(step, AskStep) and step.choose.how_many is HowMany.FIRST for step in self.texts(run, name)
        )

    def texts(self, run: PathwayRun, name: str) -> list[AnyStep]:
        """The step as this edition says it, and the earlier ones that the pathway had."""
        editions = [self.story.library.by_hash[one] for one in (run.content_hash, *run.earlier)]
        return [text.steps[name] for text in editions if name in text.steps]

    def at_work(self, run: PathwayRun, name: str) -> list[str]:
        step, state = run.steps[name], self.story.state
        child = [step.child_run] if step.child_run and state.runs[step.child_run].state is RunState.RUNNING else []
        return [ref for ref in step.handoffs if state.handoffs[ref].is_open] + child

    def most_at_work(self, run: PathwayRun, name: str) -> int:
        """One, but where all were asked at once, by this edition or an earlier one, and none has accepted yet."""
        steps = self.texts(run, name)
        if self.asks_for_the_first(run, name):
            asked = [self.story.state.handoffs[ref] for ref in run.steps[name].handoffs]
            taken = any(handoff.state is HandoffState.ACCEPTED for handoff in asked)
            return 1 if taken else len({handoff.service for handoff in asked})
        return max((len(step.competences) for step in steps if isinstance(step, TellStep)), default=1)

    def said_once(self) -> None:
        """No alert twice, and no end of time of an edition twice."""
        queued = Counter(event.alert_id for event in self.story.trail if isinstance(event, e.AlertQueued))
        withdrawn = Counter(event.alert_id for event in self.story.trail if isinstance(event, e.AlertWithdrawn))
        assert set(withdrawn) <= set(queued)
        assert {*queued.values(), *withdrawn.values()} <= {1}
        if not any(isinstance(event, e.PathwayMoved) for event in self.story.trail):
            late = [event for event in self.story.trail if isinstance(event, e.DeadlinePassed)]
            passed = Counter((event.ref, event.clock_name, event.due_at) for event in late)
            assert set(passed.values()) <= {1}

    def time_is_looked_at(self) -> None:
        self.tries(c.PassDeadline, actor="clock", road=c.Road.CLOCK)
        due = next_due(self.story.state)
        assert due is None or due > self.story.now

    def waits(self) -> None:
        self.nobody_looks()
        self.time_is_looked_at()

    def waits_until_due(self) -> None:
        due = next_due(self.story.state)
        self.story.now = max(self.story.now, due or self.story.now)
        self.time_is_looked_at()

    def nobody_looks(self) -> None:
        self.story.now += timedelta(minutes=self.data.draw(st.sampled_from([0, 1, 20, 100, 700, 5000, 60_000])))

    def some_ref(self) -> str:
        """Of a handoff, open or not, or of something else."""
        state = self.story.state
        return self.data.draw(st.sampled_from([*state.handoffs, *(run.ref for run in state.runs.values())]))

    def some_run(self) -> PathwayRun:
        return self.data.draw(st.sampled_from(list(self.story.state.runs.values())))

    def answers_anyhow(self) -> None:
        said: dict[str, object] = {"ref": self.some_ref(), "actor": self.one_of(ANYBODY)}
        kinds: list[tuple[type[c.Command], dict[str, object]]] = [
            (c.AcknowledgeHandoff, {}),
            (c.AskBack, {}),
            (c.GiveToColleague, {"colleague": self.one_of(["olga", "paola", "nobody"])}),
            (c.AcceptHandoff, {"road": c.Road.DESK}),
            (c.DeclineHandoff, {"reason": "full"}),
            (c.NoteFirstSign, {}),
            (c.CompleteHandoff, {"result": "nonsense"}),
            (c.RenewLink, {}),
            (c.RemindHandoff, {}),
            (c.ExtendLimit, {"body": self.one_of([None, "coordinator", "legal_aid", "social_services"])}),
        ]
        kind, more = self.data.draw(st.sampled_from(kinds))
        self.tries(kind, **said, **more)

    def carriers_say(self) -> None:
        """Of one message, or of all about which the rules still listen."""
        state = self.story.state
        known = [*state.alert_of, *state.call_of]
        if not known:
            return
        some = known if self.data.draw(st.booleans()) else [self.data.draw(st.sampled_from(known))]
        result = self.data.draw(st.sampled_from(list(c.DeliveryResult)))
        for alert_id in some:
            said = {"alert_id": alert_id, "result": result, "channel": "email", "settled_at": self.story.now}
            self.tries(c.SettleAlert, **said, actor="carrier", road=c.Road.CARRIER)

    def cancels(self) -> None:
        reason = "called_off" if self.pathway.no_case else "her_wish"
        if self.data.draw(st.integers(0, 5)):
            self.tries(c.CancelPathway, run_id=self.some_run().run_id, reason=reason)
        else:
            self.tries(c.CancelCase, reason=reason)

    def reopens(self) -> None:
        same = self.data.draw(st.booleans())
        self.tries(c.ReopenPathway, run=self.some_run().run_id, reason="new_incident", same_edition=same)

    def moves(self) -> None:
        """Another edition of a pathway is in force, and a run is moved to it: as it was previewed."""
        story, run = self.story, self.some_run()
        edition = self.data.draw(st.sampled_from(self.editions_of(run.pathway)))
        current = {**story.library.current, edition.name: edition}
        by_hash = {**story.library.by_hash, edition.content_hash: edition}
        facts = {**story.library.facts, **edition.facts}
        story.library = story.library.model_copy(update={"current": current, "by_hash": by_hash, "facts": facts})
        said = {"run": run.run_id, "edition": edition.edition, "reason": "law_changed"}
        may = None
        if run.state is RunState.RUNNING and run.content_hash != edition.content_hash:
            command = c.MovePathway(id="previewed-0000000000", case_id="case-1", actor="x", road=c.Road.DESK, **said)
            may = preview(story.state, story.library, story.directory, command, story.now).may_move
        assert self.tries(c.MovePathway, **said) == bool(may)

    def editions_of(self, name: str) -> Sequence[Pathway]:
        """What a pathway may be moved to."""
        return editions_of(name)

    def network_changes(self) -> None:
        """Services leave the network, or are there."""
        directory = self.story.directory
        whole: Directory = self.__dict__.setdefault("whole", directory)
        left = self.data.draw(st.sets(st.sampled_from(sorted(whole.services))))
        kept = {name: one for name, one in whole.services.items() if name not in left}
        self.story.directory = whole.model_copy(update={"services": kept})


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(st.sampled_from(sorted(shipped_library().current)), st.data())
def test_whatever_anybody_does_a_case_is_sound_and_comes_home(name: str, data: st.DataObject) -> None:
    begun = opened(data, shipped_library(), shipped_library().current[name])
    case = Anybody(data, begun.story, begun.pathway)
    for _ in range(data.draw(st.integers(0, 40))):
        getattr(case, data.draw(st.sampled_from(ACTS)))()
    state: CaseState = case.story.state
    assert CaseState.model_validate_json(state.model_dump_json()) == state
    case.said_once()
    case.is_brought_to_its_end()
