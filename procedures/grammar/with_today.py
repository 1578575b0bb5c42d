"""Reading how a dated fact is compared with the moment at which it is looked at: `age`, `ago`, `to_go`."""

from procedures import nodes
from procedures.durations import DAY, read_duration
from procedures.faults import FaultKind
from procedures.language.conditions import BY_SIZE, compared_with_today
from procedures.marking import N_
from procedures.nodes import Node
from procedures.reading import Document, Form
from procedures.schema import Comparison, Condition, ConditionKind, Duration, Fact, FactType, Measure

OLDEST = 120
MEASURED = Form(known=tuple(BY_SIZE))
SAMPLES = {
    Measure.AGE: "age: {less_than: 18}",
    Measure.AGO: "ago: {less_than: 72 h}",
    Measure.TO_GO: "to_go: {at_most: 30 days}",
}

NO_SUCH_AGE = FaultKind("no-such-age", "Nobody is {years} years old.", "Write a whole number from 0 to {oldest}.")
DAY_WITHOUT_HOUR = FaultKind(
    "day-without-hour",
    "{fact} is a day without an hour: nobody can say since when {words} are counted.",
    "Write days, weeks, months or years; or let the vocabulary say type: datetime.",
)
NOT_COUNTED_HERE = FaultKind(
    "not-counted-here",
    "How long ago a fact lies, or how long it is until then, is not counted in {words}.",
    "Write min, h, days, working days in IT, weeks, months or years, for example: {example}",
)
WHOSE_WORKING_DAYS = FaultKind(
    "whose-working-days",
    "Whose working days these {words} are hangs on who is asked later: a condition is looked at before that.",
    "Name a country by its two letters: {words} in IT",
)
MAY_TURN_BACK = FaultKind(
    "may-turn-back",
    "Under any, not or at_least this could end the repetition and hold again later, by time alone: it compares {fact} "
    "with today.",
    "Let it hold together with the rest, so that time can only end it, for example: "
    "while: {{all: [{{{fact}: {{{sample}}}}}, …]}}",
)


def measures_of(fact: Fact) -> tuple[Measure, ...]:
    """How a fact of this type can be measured against today."""
    if fact.type is FactType.DATE:
        return tuple(Measure)
    return (Measure.AGO, Measure.TO_GO) if fact.type is FactType.DATETIME else ()


def read_measured(document: Document, fact: Fact, measure: Measure, node: Node) -> list[Condition | None]:
    """`{less_than: 18}` of an age, `{less_than: 72 h}` of what was or will be; each of several has to hold."""
    sample = SAMPLES[measure].removeprefix(f"{measure}: ")
    fields = document.fields(node, MEASURED, sample)
    if isinstance(node, nodes.Mapping) and not node.entries:
        document.expected(node, N_("A comparison"), sample)
    found: list[Condition | None] = []
    for word, bound in fields.items():
        same = {"kind": ConditionKind.TODAY, "fact": fact.name, "measure": measure, "comparison": Comparison(word)}
        if measure is Measure.AGE:
            years = _years(document, bound)
            found.append(None if years is None else Condition.model_validate({**same, "bound": years}))
        else:
            length = _length(document, fact, measure, bound)
            found.append(None if length is None else Condition.model_validate({**same, "length": length}))
    return found or [None]


def _years(document: Document, node: Node) -> int | None:
    years = document.whole_number(node, "18")
    if years is not None and years > OLDEST:
        document.fault(NO_SUCH_AGE, node, years=str(years), oldest=str(OLDEST))
        return None
    return years


def _length(document: Document, fact: Fact, measure: Measure, node: Node) -> Duration | None:
    length = read_duration(document, node)
    if length is None:
        return None
    if length.working_days and length.country is None:
        document.fault(WHOSE_WORKING_DAYS, node, words=length.words)
        return None
    if length.clock is not None:
        document.fault(NOT_COUNTED_HERE, node, words=length.words, example=SAMPLES[measure])
        return None
    if fact.type is FactType.DATE and length.is_elapsed and not _in_whole_days(length):
        document.fault(DAY_WITHOUT_HOUR, node, fact=fact.name, words=length.words)
        return None
    return length


def _in_whole_days(length: Duration) -> bool:
    """Whether it was written in days or weeks: `48 h` are two days of the clock, and none of the calendar."""
    return length.seconds % DAY == 0 and any(unit in length.words for unit in ("day", "week"))


def check_while(document: Document, node: Node, condition: Condition | None) -> None:
    """What has to hold together with all else holds, and then no more: time never brings it back."""
    parts = [condition]
    while parts:
        part = parts.pop()
        if part is not None and part.kind is ConditionKind.ALL:
            parts += part.parts
        elif part is not None and part.kind is not ConditionKind.TODAY:
            for leaf in compared_with_today(part):
                sample = SAMPLES[leaf.measure or Measure.AGE]
                document.fault(MAY_TURN_BACK, node, fact=leaf.fact or "", sample=sample)
                return
