"""What came of scenarios, for those who wrote them: which line failed, what happened instead, the story so far."""

from collections.abc import Iterator, Mapping, Sequence

from cli.event_sentences import Teller
from cli.fault_printing import Format
from cli.naming import Names
from cli.printing import moment, put, put_table
from cli.scenario_runs import Ran
from cli.speech import _, language, translate_fault
from procedures.marking import N_
from procedures.scenario.coverage import Coverage
from procedures.scenario.differing import Divergence, Sort
from procedures.scenario.moments import moment_words
from procedures.scenario.points import (
    ALL_ASKED,
    BACK_TO_DESK,
    BODY_UNKNOWN,
    CHOSEN,
    EACH,
    FIRST_SIGN,
    KINDS,
    LATE,
    LEFT_OUT,
    NO_ANSWER,
    NOBODY,
    NOT_DELEGABLE,
    PAUSED,
    PERSON_UNKNOWN,
    PICKED,
    REPLACED,
    RESUMED,
    TAKEN,
    TERRITORY_UNKNOWN,
    Point,
)
from procedures.schema import Pathway, RungTarget

INDENT = "  "
SORTS: Mapping[Sort, str] = {
    Sort.MISSING: N_("line {line}: expected, and it did not happen: {expected}"),
    Sort.UNEXPECTED: N_("it happened, and no line expects it: {happened}"),
    Sort.NEVER: N_("line {line}: never to happen was “{expected}”, and it did: {happened}"),
    Sort.STANDS: N_("line {line}: it was to stand so, and does not: {expected}"),
}
WHICH: Mapping[str, str] = {
    LEFT_OUT: N_("left out"),
    "applies": N_("it is done"),
    "let_in": N_("done because a fact changed"),
    NO_ANSWER: N_("no answer in time"),
    FIRST_SIGN: N_("no first sign in time"),
    LATE: N_("no result in time"),
    RungTarget.SERVICE: N_("reminder"),
    RungTarget.DEPUTY: N_("deputy"),
    RungTarget.NEXT_SERVICE: N_("next service"),
    RungTarget.COORDINATOR: N_("coordinator"),
    CHOSEN: N_("somebody is chosen"),
    NOBODY: N_("everybody declined"),
    TERRITORY_UNKNOWN: N_("the territory is unknown"),
    BODY_UNKNOWN: N_("the body is unknown"),
    PERSON_UNKNOWN: N_("the person is unknown"),
    ALL_ASKED: N_("declined, and all were asked already"),
    PICKED: N_("somebody is picked"),
    BACK_TO_DESK: N_("the one picked declined, and somebody is picked again"),
    TAKEN: N_("the first that accepts has it"),
    EACH: N_("each brings its result"),
    REPLACED: N_("declined, and another comes in its place"),
    NOT_DELEGABLE: N_("declined, and not passed on"),
    PAUSED: N_("it stands still"),
    RESUMED: N_("it goes on"),
    "again": N_("again"),
    "at_most": N_("the last time"),
    "until": N_("ended by what happened"),
    "while": N_("ended by its condition"),
    "refused": N_("refused"),
    "revoked": N_("revoked"),
}
POINTS: Mapping[str, str] = {
    "step": N_("The step never begins: {of}"),
    "branch": N_("The condition is never looked at this way: {of}: {which}"),
    "result": N_("It never ends so: {of}: {which}"),
    "refusal": N_("Nobody ever declines it: {of}"),
    "silence": N_("This silence never happens: {of}: {which}"),
    "longer": N_("There is never longer time: {of}"),
    "choice": N_("This never comes of its choice: {of}: {which}"),
    "pause": N_("This never happens at a signal: {of}: {which}"),
    "hold": N_("It is never held back: {of}"),
    "repeat": N_("This never happens to the repetition: {of}: {which}"),
    "signal": N_("This signal never comes: {of}"),
    "ending": N_("No signal ever ends it so: {of}: {which}"),
    "called_off": N_("No signal ever calls it off: {of}"),
    "consent": N_("She never says this to the consent {of}: {which}"),
    "outcome": N_("The pathway never ends so: {of}: {which}"),
}


def put_failures(failed: Sequence[Ran], form: Format) -> None:
    """Every scenario that is not as it says."""
    for ran in failed:
        put(*(_annotations(ran) if form is Format.GITHUB else _report(ran)))


def _report(ran: Ran) -> Iterator[str]:
    failure = ran.failure
    if failure is None:
        return
    scenario, block = ran.scenario, failure.block.block
    yield f"{scenario.file}:{block.node.line}: {scenario.name}{_titled(ran)}"
    at = _("Moment: {words} ({moment})")
    if failure.rehearsed:
        yield INDENT + _("A real house made something else of it than the rules: please report it.")
    yield INDENT + at.format(words=moment_words(block.at, scenario.given.start), moment=moment(block.at))
    instead = _("instead: {happened}")
    for divergence in failure.divergences:
        yield f"{INDENT * 2}- {_said(divergence)}"
        if divergence.sort in {Sort.MISSING, Sort.STANDS} and divergence.happened:
            yield INDENT * 3 + instead.format(happened=divergence.happened)
    yield INDENT + _("The story so far:")
    yield from (INDENT * 2 + line for line in story(ran))
    yield ""


def _titled(ran: Ran) -> str:
    title = ran.scenario.title
    return f" ({title.said(language())})" if title else ""


def _said(divergence: Divergence) -> str:
    return _(SORTS[divergence.sort]).format(
        line=divergence.line, expected=divergence.expected, happened=divergence.happened
    )


def _annotations(ran: Ran) -> Iterator[str]:
    for divergence in ran.failure.divergences if ran.failure else ():
        place = f"file={ran.scenario.file},line={divergence.line},col={divergence.column},title={ran.scenario.name}"
        instead = f" ({divergence.happened})" if divergence.sort is Sort.MISSING and divergence.happened else ""
        yield f"::error {place}::{_said(divergence)}{instead}"


def story(ran: Ran) -> Iterator[str]:
    """What happened up to the failure, in plain words: each event once."""
    names = Names(ran.stage.directory, ran.stage.beginning)
    state = ran.run.state
    teller = Teller(names, state.runs.values(), state.handoffs.values(), by_step=True, own_work=state.own_work)
    last = None
    for told in ran.failure.so_far if ran.failure else ():
        if told.event is None:
            yield f"{moment(told.at)}  {told.words}"
        elif told.event is not last:
            yield f"{moment(told.at)}  {teller.said(told.event)}"  # type: ignore[arg-type]  # each is one of the union
        last = told.event


def as_json(ran: Ran) -> dict[str, object]:
    """One scenario for programs: whether it is as it says, and what differs."""
    failure = ran.failure
    return {
        "file": ran.scenario.file,
        "line": ran.scenario.node.line,
        "scenario": ran.scenario.name,
        "title": ran.scenario.title.said(language()) if ran.scenario.title else None,
        "passed": failure is None,
        "at": moment_words(failure.block.block.at, ran.scenario.given.start) if failure else None,
        "differences": list(failure.divergences) if failure else [],
        "story": list(story(ran)),
    }


def put_coverage(found: Sequence[Coverage]) -> None:
    """One line for each pathway, one column for each kind of thing that can happen on it."""
    kinds = [kind for kind in KINDS if any(one.counts(kind)[1] for one in found)]
    rows = [[one.pathway, *(_share(one, kind) for kind in kinds), f"{one.percent} %"] for one in found]
    put_table([_("pathway"), *(translate_fault(KINDS[kind]) for kind in kinds), _("reached")], rows)


def _share(one: Coverage, kind: str) -> str | None:
    reached, every = one.counts(kind)
    return f"{reached}/{every}" if every else None


def point_words(point: Point, pathway: Pathway) -> str:
    """What no scenario reaches, in plain words."""
    step = None if point.kind == "consent" else pathway.steps.get(point.of)  # a consent may be called like a step
    of = step.title.said(language()) if step else point.of
    which = _(WHICH[point.which]) if point.which in WHICH else point.which
    return _(POINTS[point.kind]).format(of=of, which=which)
