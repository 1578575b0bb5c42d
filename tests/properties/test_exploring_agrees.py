"""What the checker goes through and what the rules do agree: on random small pathways, and on those that are shipped.

Steps that a real run begins, and every way it ends, were among those gone through; and a pathway in which the checker
finds no fault strands nobody: whatever was done to a case before, it can still be brought to its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from procedures import commands as c
from procedures.case import CaseStatus, Handoff, PathwayRun, RunState, StepState
from procedures.deciding_anew import under_way_after, voices_for
from procedures.drafting import Draft
from procedures.errors import Refused
from procedures.exploring.asking import AND, LEFT_OUT, NEVER, OVER, Asked, Key
from procedures.exploring.walking import _Walk, explore_with_changes
from procedures.faults import Severity
from procedures.language.results import EvidenceType
from procedures.loading import check_texts, load_facts, load_pathway, shipped_library
from procedures.picking import pickable
from procedures.schema import AskStep, AwaitStep, Fact, FactType, Library, Pathway
from tests.making import FACTS, START, Story, directory, service
from tests.properties.pathways_drawn import ANYBODY, drawn_pathway

WORDS = FACTS.replace("    type: choice\n", f"    type: choice\n    ordered: true\n    {ANYBODY}\n", 1).replace(
    "{type: boolean,", f"{{type: boolean, {ANYBODY},"
)
FACTS_OF_THE_DRAWN = load_facts(WORDS, "facts.yaml")
EVERYBODY = ("person:somebody", "person:somebody_else", *(f"person:somebody_{number}" for number in range(6)))
"""More than there are steps that keep one of them away from another."""
LONGEST = 400
"""So many rounds of answering are enough for any of these pathways."""


@dataclass
class Case:
    """A case of one pathway, and what may be drawn for it."""

    data: st.DataObject
    story: Story
    pathway: Pathway

    @property
    def run(self) -> PathwayRun:
        """The run of the pathway itself, the first of the case."""
        return next(iter(self.story.state.runs.values()))

    def one_of(self, choices: Sequence[object]) -> object:
        return self.data.draw(st.sampled_from(list(choices)))

    def tries(self, kind: type[c.Command], **fields: object) -> bool:
        """Whether it was not refused."""
        try:
            self.story.say(kind, **fields)
        except Refused:
            return False
        return True

    def shown(self, kinds: Mapping[str, EvidenceType], of_fact: Mapping[str, str]) -> dict[str, object]:
        now = self.story.now
        made: dict[str, object] = {"datetime": now, "date": now.date().isoformat(), "integer": 3, "boolean": True}
        made["reference"] = "N-1"
        facts = self.story.library.facts
        return {
            name: self.one_of(_values(facts[of_fact[name]])) if name in of_fact else made[kind]
            for name, kind in kinds.items()
        }

    def answers(self) -> None:
        """Somebody answers for one of the open handoffs."""
        waiting = [handoff for handoff in self.story.state.handoffs.values() if handoff.is_open]
        if not waiting:
            return
        handoff = self.data.draw(st.sampled_from(waiting))
        run = self.story.state.runs[handoff.run_id]
        step = self.story.library.by_hash[run.content_hash].steps[handoff.step]
        if not isinstance(step, AskStep | AwaitStep):
            self.tries(c.AcknowledgeHandoff, ref=handoff.ref)
        elif handoff.waits_for_a_pick:
            found = pickable(self.story.state, self.story.library, self.story.directory, handoff.ref, self.story.now)
            if found:  # while a service is closed to it, the coordinator will get it
                assert self.tries(c.PickService, ref=handoff.ref, service=self.data.draw(st.sampled_from(found)).id)
        elif handoff.state != "accepted" and self.tries(c.AcceptHandoff, ref=handoff.ref, actor=self.able(handoff)[0]):
            pass
        else:
            self.brings_a_result(handoff, step)

    def able(self, handoff: Handoff) -> list[str]:
        """Who may take it and bring its result: first of all whoever was written to, where it matters which person."""
        away = Draft(self.story.state, self.story.library, self.story.directory, self.story.now).kept_away(handoff)
        asked = [f"person:{note.person}" for note in handoff.alerts.values() if note.person] if away else []
        known = [one for one in (*asked, *EVERYBODY) if one.removeprefix("person:") not in away]
        return list(dict.fromkeys(known))

    def brings_a_result(self, handoff: Handoff, step: AskStep | AwaitStep) -> None:
        """Anybody brings any result; what somebody proposed is mostly confirmed by somebody else."""
        able, first = self.able(handoff)[:2], handoff.proposed
        actor = self.one_of(able)
        if first is not None and self.data.draw(st.integers(0, 4)):
            other = next(one for one in able if one != first.actor)
            said = {"actor": other, "result": first.result, "evidence": dict(first.evidence)}
            assert self.tries(c.CompleteHandoff, ref=handoff.ref, **said)
            assert not self.story.state.handoffs[handoff.ref].is_open, "two people said the same"
            return
        name = self.data.draw(st.sampled_from(sorted(step.results)))
        evidence = self.shown(step.results[name].evidence, step.results[name].of_fact)
        assert self.tries(c.CompleteHandoff, ref=handoff.ref, actor=actor, result=name, evidence=evidence)
        over = not self.story.state.handoffs[handoff.ref].is_open
        needs_two = isinstance(step, AskStep) and step.two_persons
        assert over or needs_two
        alone = first is None or first.actor == actor
        assert not (over and needs_two and alone), "one person ended what takes two"

    def signals(self) -> None:
        """A signal comes, of this pathway or of one that it started."""
        running = [run for run in self.story.state.runs.values() if run.state is RunState.RUNNING]
        texts = [(run, self.story.library.by_hash[run.content_hash]) for run in running]
        known = [(run, signal) for run, text in texts for signal in text.signals.values()]
        if known:
            run, signal = self.data.draw(st.sampled_from(known))
            evidence = self.shown(signal.evidence, signal.of_fact)
            said_by = signal.senders[0]
            self.tries(
                c.GiveSignal, signal=signal.name, run=run.run_id, said_by=said_by, actor="operator:1", evidence=evidence
            )

    def changes(self) -> None:
        """A fact changes on somebody's word."""
        facts = self.story.library.facts_about(no_case=self.pathway.no_case)
        fact = facts[self.data.draw(st.sampled_from(sorted(facts)))]
        by = fact.changed_by[0] if fact.changed_by else "operator"
        self.tries(c.ChangeFact, fact=fact.name, value=self.one_of(_values(fact)), by=by, reason="she_said")

    def waits(self) -> None:
        """Time goes by, and what falls due happens."""
        self.story.wait(self.data.draw(st.sampled_from([1, 20, 100, 700, 5000, 60_000])))

    def steers(self) -> None:
        """What people may do to any pathway at any time, which the checker does not go through."""
        kind = self.one_of(["first", "forgo", "anew", "give", "refuse", "revoke", "never", "again"])
        step = self.data.draw(st.sampled_from(sorted(self.pathway.steps)))
        consent = self.pathway.consent or "help"
        if kind == "first":
            self.tries(c.ActFirst, run="", step=step, reason="imminent_danger")
        elif kind == "forgo":
            self.tries(c.ForgoStep, run="", step=step, reason="her_wish")
        elif kind == "anew":
            self.decides_anew(step)
        elif kind in {"give", "refuse", "revoke"}:
            kinds: dict[str, type[c.Command]] = {
                "give": c.GiveConsent,
                "refuse": c.RefuseConsent,
                "revoke": c.RevokeConsent,
            }
            self.tries(kinds[str(kind)], consent=consent)
        else:
            self.tries(c.NeverContactAgain if kind == "never" else c.ContactAgain)

    def decides_anew(self, step: str) -> None:
        text = self.pathway.steps[step]
        if not isinstance(text, AskStep | AwaitStep) or self.run.state is not RunState.RUNNING:
            return
        name = self.data.draw(st.sampled_from(sorted(text.results)))
        evidence = self.shown(text.results[name].evidence, text.results[name].of_fact)
        hanging = set(under_way_after(self.pathway, self.run, step))
        kept = hanging if self.data.draw(st.booleans()) else set()
        by = self.one_of([*text.anew_by, "operator", "police"])
        said = {"result": name, "evidence": evidence, "reason": "appeal", "keep": kept, "cancel": hanging - kept}
        done = self.tries(c.DecideAnew, run=self.run.run_id, step=step, by=by, **said)
        assert not (done and (text.final or by not in voices_for(text))), "decided anew on nobody's word"

    def lives(self, acts: Sequence[str], most: int) -> None:
        """So many of these acts, in any order."""
        for _ in range(self.data.draw(st.integers(0, most))):
            if self.story.state.status is CaseStatus.OPEN:
                getattr(self, self.data.draw(st.sampled_from(list(acts))))()

    def is_brought_to_its_end(self) -> None:
        """Everybody answers, she agrees where she is asked, signals come: then it ends."""
        for _ in range(LONGEST):
            if self.story.state.status is not CaseStatus.OPEN:
                return
            before = len(self.story.trail)
            self.answers()
            for run in self.story.state.runs.values():
                asks = [one for one in run.steps.values() if one.state is StepState.AWAITING_CONSENT]
                for step in asks:
                    text = self.story.library.by_hash[run.content_hash]
                    consent = text.steps[step.step].consent or text.consent
                    self.tries(c.GiveConsent, consent=consent)
            if len(self.story.trail) == before:
                self.story.wait(60_000)
            if len(self.story.trail) == before:
                self.signals()
        raise AssertionError(f"it never ends: {self.story.state.runs}")


def _values(fact: Fact) -> list[object]:
    match fact.type:
        case FactType.CHOICE:
            return list(fact.choices)
        case FactType.BOOLEAN:
            return [True, False]
        case FactType.INTEGER:
            return [0, 3, 20]
        case FactType.DATE:
            return ["2026-11-20", "2026-12-01"]
        case FactType.DATETIME:
            return [START + timedelta(hours=hours) for hours in (-1, -80, 60, 24 * 40)]


def opened(data: st.DataObject, library: Library, pathway: Pathway) -> Case:
    """A case of this pathway, with any facts, in a network in which every competence is offered."""
    asked = {
        step.competence
        for text in library.current.values()
        for step in text.steps.values()
        if hasattr(step, "competence")
    }
    asked |= {
        step.watched_by
        for text in library.current.values()
        for step in text.steps.values()
        if isinstance(step, AwaitStep)
    }
    story = Story(
        library, directory(*[service(f"{place}_{name}", name) for name in sorted(asked) for place in ("s", "t")])
    )
    facts = {
        name: data.draw(st.sampled_from(_values(fact)))
        for name, fact in sorted(library.facts_about(no_case=pathway.no_case).items())
        if data.draw(st.booleans())
    }
    if pathway.no_case:
        story.opened(pathway=pathway.name, code="N-TEST-0001", facts=facts, consents=())
        return Case(data, story, pathway)
    born = {"child_born_on": "2020-01-01"} if "child_born_on" in library.facts else {}
    # Whose word counts for a child hangs on the day of birth; without a consent the pathway waits for a person.
    story.opened(pathway=pathway.name, facts=facts | born, consents=library.consents())
    return Case(data, story, pathway)


def looks_as_gone_through(case: Case, *, changing: bool) -> None:
    """What the real run began, and how it ended, is among what the checker went through."""
    pathway, library = case.pathway, case.story.library
    outcomes_of = {name: [one.name for one in text.outcomes] for name, text in library.current.items()}
    explored = explore_with_changes(pathway, library.facts, outcomes_of)
    if not explored.whole:
        return
    run = case.run
    begun = {name for name, step in run.steps.items() if step.started_at is not None}
    assert begun <= {name for name, seen in explored.steps.items() if seen.begun}, "a step begins that never does"
    if run.state is not RunState.ENDED or any(limit.passed for limit in run.limits):
        return
    named = explored.outcomes | ({"ended"} if not pathway.outcomes else set())
    assert changing or run.outcome in named or explored.ends_without_outcome, "an end that is none"
    walk = _Walk(pathway, library.facts, outcomes_of, changing=changing)
    ends = [dict(one) for one in walk._situations_at_the_end()]
    asked = sorted(name for name in run.steps if any(Key(Asked.STEP, name) in one for one in ends))
    stood = {name: _as_asked(case, name, walk.named.get(name, frozenset())) for name in asked}
    gone_through = [{name: _shown(one[Key(Asked.STEP, name)]) for name in asked} for one in ends]
    assert stood in gone_through, f"an end that was not gone through: {stood}"


def _as_asked(case: Case, name: str, named: frozenset[str]) -> str:
    """The results that the step brought, as the walk knows them: those that somebody asks for."""
    step, text = case.run.steps[name], case.pathway.steps[name]
    if text.repeat is None:
        came = [step.result] if step.state is StepState.DONE else []
    else:
        came = [result for result in getattr(text, "results", {"told": None}) if result in step.moments]
    return (AND.join(str(result) for result in came if result in named) or OVER) if came else LEFT_OUT


def _shown(answer: object) -> object:
    return LEFT_OUT if answer == NEVER else answer


def library_of_text(text: str) -> Library:
    pathway = load_pathway(text, "drawn.yaml", FACTS_OF_THE_DRAWN)
    facts = {**FACTS_OF_THE_DRAWN, **pathway.facts}
    return Library(current={pathway.name: pathway}, by_hash={pathway.content_hash: pathway}, facts=facts)


THOROUGH = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
FORESEEN = ("answers", "answers", "answers", "signals", "waits")


@pytest.mark.slow
@THOROUGH
@given(drawn_pathway(), st.data())
def test_what_a_run_begins_and_how_it_ends_was_gone_through(text: str, data: st.DataObject) -> None:
    assume(not any(fault.severity is Severity.ERROR for fault in check_texts({"drawn.yaml": text}, FACTS_OF_THE_DRAWN)))
    library = library_of_text(text)
    case = opened(data, library, next(iter(library.current.values())))
    changing = data.draw(st.booleans())
    case.lives((*FORESEEN, "changes") if changing else FORESEEN, 30)
    if data.draw(st.booleans()) and case.story.state.status is CaseStatus.OPEN:
        case.is_brought_to_its_end()
    event(f"{case.run.state}")
    looks_as_gone_through(case, changing=changing)


@pytest.mark.slow
@THOROUGH
@given(drawn_pathway(), st.data())
def test_what_the_checker_passes_strands_nobody(text: str, data: st.DataObject) -> None:
    assume(not check_texts({"drawn.yaml": text}, FACTS_OF_THE_DRAWN))
    library = library_of_text(text)
    case = opened(data, library, next(iter(library.current.values())))
    case.lives((*FORESEEN, "changes", "steers"), 30)
    case.is_brought_to_its_end()


@pytest.mark.slow
@THOROUGH
@given(st.sampled_from(sorted(shipped_library().current)), st.data())
def test_shipped_pathways_go_as_the_checker_went_through_them(name: str, data: st.DataObject) -> None:
    library = shipped_library()
    case = opened(data, library, library.current[name])
    changing = data.draw(st.booleans())
    case.lives((*FORESEEN, "changes") if changing else FORESEEN, 40)
    looks_as_gone_through(case, changing=changing)
    case.lives((*FORESEEN, "changes", "steers"), 10)
    case.is_brought_to_its_end()
    assert case.story.state.status is not CaseStatus.OPEN
