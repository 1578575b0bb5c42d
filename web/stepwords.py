"""One step of a pathway run in words: how it stands, what it waits for, and how often it was done."""

from dataclasses import dataclass

from models.views import CaseView
from procedures.case import PathwayRun, RunState, StepRun, StepState
from procedures.conditions import awaited_signals
from procedures.events import StepDecidedAnew
from procedures.schema import TellStep
from procedures.showing.names import competence
from procedures.timing import NOT_BEGUN
from web import saying, spans
from web.caselines import StepLine
from web.naming import Names


@dataclass(frozen=True)
class StepWords:
    """Says the steps of one run."""

    view: CaseView
    names: Names
    run: PathwayRun

    def line(self, step: StepRun) -> StepLine:
        """One of them."""
        said = self._counted(step, self._stands(step))
        if step.is_owed:
            said = self.gettext("%(said)s, still owed") % {"said": said}
        elif step.begun_first:
            said = self.gettext("%(said)s, begun before its turn") % {"said": said}
        return StepLine(self.names.step(self.run.content_hash, step.step), step.state, said)

    def gettext(self, sentence: str) -> str:
        """The sentence in the page's language."""
        return self.names.words.gettext(sentence)

    def _stands(self, step: StepRun) -> str:
        state = self.gettext(saying.STEP_STATES[step.state])
        if step.state in NOT_BEGUN:
            return self._waits(step, state)
        if step.result and step.state is StepState.DONE:
            result = self.names.result(self.run.content_hash, step.step, step.result)
            return self._decided_anew(step, f"{state}: {result}")
        if step.skipped_because:
            because = {**saying.STOPPED, **saying.SKIP_REASONS}.get(step.skipped_because, "")
            return f"{state}: {self.gettext(because) if because else step.skipped_because.replace('_', ' ')}"
        if step.paused_at and step.state is StepState.ACTIVE:
            since = spans.day_and_hour(step.paused_at, self.names.language, self.view.row.opened_at)
            return self.gettext("stands still since %(since)s") % {"since": since}
        return self._told(step, state) if step.state is StepState.ACTIVE else state

    def _told(self, step: StepRun, state: str) -> str:
        """With who was told and who was not yet, where several are."""
        pinned = self.names.pinned(self.run.content_hash)
        telling = pinned.steps.get(step.step) if pinned else None
        if not isinstance(telling, TellStep) or len(telling.competences) == 1:
            return state
        handoffs = [self.view.state.handoffs[ref] for ref in step.handoffs]
        waiting = {handoff.competence for handoff in handoffs if handoff.is_open}
        said = {False: list[str](), True: list[str]()}
        for name in telling.competences:
            said[name in waiting].append(competence(name, self.names.language))
        if not said[False]:
            return self.gettext("%(said)s, nobody told yet") % {"said": state}
        told = {"said": state, "told": ", ".join(said[False]), "waiting": ", ".join(said[True])}
        return self.gettext("%(said)s, told: %(told)s, not yet: %(waiting)s") % told

    def _waits(self, step: StepRun, state: str) -> str:
        """What it waits for, where it is not simply another step."""
        if step.held_until:
            until = spans.day_and_hour(step.held_until, self.names.language, self.view.row.opened_at)
            again = self.gettext("again: %(until)s") if step.rounds else self.gettext("not before %(until)s")
            return again % {"until": until}
        signals = self._signals_awaited(step)
        return self.gettext("waits for a signal: %(signals)s") % {"signals": signals} if signals else state

    def _signals_awaited(self, step: StepRun) -> str:
        """The signals for which it waits, where it waits for nothing else."""
        pinned = self.names.pinned(self.run.content_hash)
        if pinned is None or step.state is not StepState.WAITING or self.run.state is not RunState.RUNNING:
            return ""
        awaited = awaited_signals(pinned.steps[step.step].needs, self.run.steps, self.run.signals)
        return ", ".join(
            signal.title.said(self.names.language) for signal in pinned.signals.values() if signal.name in awaited
        )

    def _counted(self, step: StepRun, said: str) -> str:
        """With how often it was done, for one that is repeated."""
        if not step.rounds:
            return said
        if step.state is StepState.ACTIVE:
            return self.gettext("%(said)s, time number %(number)s") % {"said": said, "number": step.rounds + 1}
        in_all, so_far = (
            self.gettext("%(said)s, times in all: %(rounds)s"),
            self.gettext("%(said)s, times so far: %(rounds)s"),
        )
        return (in_all if step.repeat_over else so_far) % {"said": said, "rounds": step.rounds}

    def _decided_anew(self, step: StepRun, said: str) -> str:
        """With what it was before, where its result was replaced."""
        events = [entry.recorded.event for entry in self.view.timeline]
        decided = [event for event in events if isinstance(event, StepDecidedAnew) and event.step == step.step]
        anew = [event for event in decided if event.run_id == self.run.run_id]
        if not anew or anew[-1].result != step.result:
            return said
        before = self.names.result(self.run.content_hash, step.step, anew[-1].old_result)
        return self.gettext("%(said)s, decided anew (before: %(before)s)") % {"said": said, "before": before}
