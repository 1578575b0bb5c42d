"""Whether what a pathway says of signals fits together: names, what waits for them, and what they end or call off."""

from collections.abc import Iterable, Iterator

from procedures.grammar import kinds, signal_kinds
from procedures.grammar.drafts import NeedRef, PathwayDraft, PlacedEnd, SignalDraft, StepDraft
from procedures.grammar.signals import PAUSES
from procedures.nodes import Node
from procedures.reading import Document, listed, nearest_or_all
from procedures.schema import Clock, EvidenceType, MomentKind, NeedKind

_EXAMPLE = "signals: {found: {title: {it: Posto trovato, en: A place was found}, from: [operator]}}"


def check_signals(document: Document, draft: PathwayDraft) -> None:
    """Take note of every fault of signals that can be seen without the other pathways."""
    for signal in draft.signals.values():
        for ref in signal.cancels:
            _check_cancelled(document, draft, signal, ref)
    for step in draft.steps.values():
        for placed in step.ends:
            _check_end(document, draft, step, placed)
        _check_pauses(document, step)
    for node, name in _named(draft):
        check_signal_name(document, draft, node, name)
    if draft.stays_open and not any(ref.signal for step in draft.steps.values() for ref in step.needs):
        document.fault(signal_kinds.STAYS_OPEN_FOR_NOTHING, draft.stays_open)


def _named(draft: PathwayDraft) -> Iterator[tuple[Node, str]]:
    """Every signal that a need, an outcome or a limit names, and where."""
    ends = [ref for step in draft.steps.values() for placed in step.ends for ref in placed.refs]
    pauses = [ref for step in draft.steps.values() for placed in step.pauses.values() for ref in placed.refs]
    for ref in (*draft.all_needs(), *ends, *pauses):
        if ref.signal is not None:
            yield ref.node, ref.signal
    moments = [*draft.moments, *(moment for step in draft.steps.values() for moment in step.moments)]
    for moment in moments:
        if moment.moment.kind is MomentKind.SIGNAL:
            yield moment.node, moment.moment.name or ""


def check_signal_name(document: Document, draft: PathwayDraft, node: Node, name: str) -> None:
    """The signal is declared."""
    if name in draft.signals:
        return
    if not draft.signals:
        document.fault(signal_kinds.NO_SIGNALS, node, example=_EXAMPLE)
    else:
        known = nearest_or_all(f"signal.{name}", [f"signal.{other}" for other in draft.signals])
        document.fault(signal_kinds.UNKNOWN_SIGNAL, node, signal=name, known=known)


def _check_cancelled(document: Document, draft: PathwayDraft, signal: SignalDraft, ref: NeedRef) -> None:
    step = draft.steps.get(ref.step)
    if step is None:
        known = nearest_or_all(ref.step, draft.steps)
        document.fault(kinds.UNKNOWN_STEP, ref.node, step=ref.step, known=known)
        return
    waits_for = {need.signal for need in (*step.needs, *(ref for placed in step.ends for ref in placed.refs))}
    if signal.name in waits_for:
        document.fault(signal_kinds.CANCELS_WHAT_WAITS, ref.node, signal=signal.name, step=ref.step)


def _check_signals_only(document: Document, word: str, refs: Iterable[NeedRef]) -> None:
    for ref in refs:
        if ref.signal is None:
            document.fault(signal_kinds.SIGNALS_ONLY, ref.node, word=word, step=ref.step)


def _check_pauses(document: Document, step: StepDraft) -> None:
    """What lets it stand still and what lets it go on are both there, and are not the same; its time counts from it."""
    for word, other in (("pauses_on", "resumes_on"), ("resumes_on", "pauses_on")):
        if word in step.pauses:
            _check_signals_only(document, word, step.pauses[word].refs)
            if other not in step.pauses:
                document.fault(signal_kinds.PAUSE_ALONE, step.pauses[word].node, word=word, other=other)
    if len(step.pauses) < len(PAUSES):
        return
    pausing = {ref.signal for ref in step.pauses["pauses_on"].refs}
    for ref in step.pauses["resumes_on"].refs:
        if ref.signal and ref.signal in pausing:
            document.fault(signal_kinds.PAUSE_AND_RESUME, ref.node, signal=ref.signal, step=step.name)
    for limit in step.limits:
        elsewhere = any(moment.kind is not MomentKind.START for moment in limit.limit.moments)
        if elsewhere and limit.limit.clock is Clock.PROTOCOL:
            document.fault(signal_kinds.PAUSE_FROM_ELSEWHERE, limit.node, step=step.name)


def _check_end(document: Document, draft: PathwayDraft, step: StepDraft, placed: PlacedEnd) -> None:
    """The result is one of the step's, hangs on signals alone, and shows no more than they do."""
    _check_signals_only(document, "ends_when", placed.refs)
    if step.results is None:
        return
    result = step.results.get(placed.end.result)
    if result is None:
        known = listed(step.results)
        document.fault(kinds.UNKNOWN_RESULT, placed.key, step=step.name, result=placed.end.result, known=known)
        return
    shown = _shown_by(draft, placed)
    for name, kind in result.evidence.items():
        if shown.get(name) is not kind:
            document.fault(
                signal_kinds.ENDS_WITHOUT_EVIDENCE, placed.key, result=placed.end.result, field=name, type=kind.value
            )
            return


def _shown_by(draft: PathwayDraft, placed: PlacedEnd) -> dict[str, EvidenceType]:
    """What the last signal surely shows: where any of several may be it, that is nothing."""
    need = placed.end.need
    signal = draft.signals.get(need.signal or "") if need.kind is NeedKind.SIGNAL else None
    return dict(signal.model.evidence) if signal and signal.model else {}
