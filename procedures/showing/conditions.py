"""What has to have happened, and what has to be so, as parts of a sentence."""

from collections.abc import Callable, Mapping

from procedures.marking import N_
from procedures.schema import (
    AskStep,
    AwaitStep,
    Comparison,
    Condition,
    ConditionKind,
    Fact,
    Limit,
    Measure,
    Moment,
    MomentKind,
    Need,
    NeedKind,
    Pathway,
    Pick,
    Point,
    Text,
)
from procedures.showing import names

AND, OR = N_(" and "), N_(" or ")
OVER = N_("«{step}» is over")
ENDED_WITH = N_("«{step}» has ended with «{result}»")
OVER_WITHOUT = N_("«{step}» is over, but not with «{result}»")
NO_MORE = N_("this can happen no more: {needs}")
SIGNAL_HAS_COME = N_("«{signal}» has come")
FACT_IS = N_("«{fact}» is {values}")
NOT = N_("not ({condition})")
AT_LEAST_OF = N_("at least {count} of: {conditions}")
OF = N_("{time} of {moment}")
BEFORE = N_("{time} before {moment}")
NEXT_SHOWN = N_("the next time the clocks show {time}")
NEXT_SHOWN_AFTER = N_("the first {time} after {moment}")
LAST_SHOWN_BEFORE = N_("the last {time} before {moment}")
PICKED = {Pick.EARLIEST: N_("the earliest of: {points}"), Pick.LATEST: N_("the latest of: {points}")}
MOVES = N_("{limit} (on a day on which nobody works: until the end of the next working day)")
MOVES_IN = N_("{limit} (on a holiday or a weekend in {country}: until the end of the next working day there)")
COUNTS_IF = N_("{limit} (only if {condition})")
COMPARED = {
    Comparison.AT_LEAST: N_("«{fact}» is at least {bound}"),
    Comparison.AT_MOST: N_("«{fact}» is at most {bound}"),
    Comparison.MORE_THAN: N_("«{fact}» is more than {bound}"),
    Comparison.LESS_THAN: N_("«{fact}» is less than {bound}"),
    Comparison.BEFORE: N_("«{fact}» is before {bound}"),
    Comparison.AFTER: N_("«{fact}» is after {bound}"),
}
WITH_TODAY = {
    (Measure.AGE, Comparison.AT_LEAST): N_("«{fact}»: at least {bound} years old"),
    (Measure.AGE, Comparison.AT_MOST): N_("«{fact}»: at most {bound} years old"),
    (Measure.AGE, Comparison.MORE_THAN): N_("«{fact}»: more than {bound} years old"),
    (Measure.AGE, Comparison.LESS_THAN): N_("«{fact}»: less than {bound} years old"),
    (Measure.AGO, Comparison.AT_LEAST): N_("«{fact}»: at least {bound} ago"),
    (Measure.AGO, Comparison.AT_MOST): N_("«{fact}»: at most {bound} ago"),
    (Measure.AGO, Comparison.MORE_THAN): N_("«{fact}»: more than {bound} ago"),
    (Measure.AGO, Comparison.LESS_THAN): N_("«{fact}»: less than {bound} ago"),
    (Measure.TO_GO, Comparison.AT_LEAST): N_("«{fact}»: in at least {bound}"),
    (Measure.TO_GO, Comparison.AT_MOST): N_("«{fact}»: in at most {bound}"),
    (Measure.TO_GO, Comparison.MORE_THAN): N_("«{fact}»: in more than {bound}"),
    (Measure.TO_GO, Comparison.LESS_THAN): N_("«{fact}»: in less than {bound}"),
}
MOMENTS = {
    MomentKind.CASE: N_("the opening of the case"),
    MomentKind.PATHWAY: N_("the start of the pathway"),
}
STEP_MOMENTS = {
    "requested": N_("the request «{step}»"),
    "accepted": N_("the taking of «{step}»"),
    "completed": N_("the end of «{step}»"),
    "expired": N_("the silence at «{step}»"),
}
RESULT_OF = N_("the result «{result}» of «{step}»")
SIGNAL_MOMENT = N_("the coming of «{signal}»")
EVIDENCE_OF = N_("{field} shown by «{step}»")


class Speaker:
    """Says conditions, needs and moments of one pathway in one language."""

    def __init__(
        self, pathway: Pathway, facts: Mapping[str, Fact], translate: Callable[[str], str], language: str
    ) -> None:
        self.pathway, self.say, self.language = pathway, translate, language
        self.facts = {**facts, **pathway.facts}

    def text(self, text: object) -> str:
        """A text of the procedure's writer."""
        return text.said(self.language) if isinstance(text, Text) else str(text)

    def step(self, name: str) -> str:
        """A step's title."""
        known = self.pathway.steps.get(name)
        return known.title.said(self.language) if known else names.spaced(name)

    def result(self, step: str, name: str) -> str:
        """A result's title."""
        known = self.pathway.steps.get(step)
        found = known.results.get(name) if isinstance(known, AskStep | AwaitStep) else None
        return found.title.said(self.language) if found and found.title else names.spaced(name)

    def signal(self, name: str) -> str:
        """A signal's title."""
        known = self.pathway.signals.get(name)
        return known.title.said(self.language) if known else names.spaced(name)

    def need(self, need: Need) -> str:
        """What must have happened; empty where nothing has to."""
        if need.kind is NeedKind.STEP:
            step = need.step or ""
            if need.result is None:
                return self.say(OVER).format(step=self.step(step))
            return self.say(ENDED_WITH).format(step=self.step(step), result=self.result(step, need.result))
        if need.kind is NeedKind.SIGNAL:
            return self.say(SIGNAL_HAS_COME).format(signal=self.signal(need.signal or ""))
        return self._joined(need)

    def _joined(self, need: Need) -> str:
        if need.kind is NeedKind.NOT and need.parts[0].result is not None:
            step, result = need.parts[0].step or "", need.parts[0].result
            return self.say(OVER_WITHOUT).format(step=self.step(step), result=self.result(step, result))
        parts = [_nested(self.need(part), several=bool(part.parts)) for part in need.parts]
        if need.kind is NeedKind.NOT:
            return self.say(NO_MORE).format(needs=self.say(AND).join(parts))
        if need.kind is NeedKind.N_OF:
            return self.say(AT_LEAST_OF).format(count=need.count, conditions="; ".join(parts))
        return (self.say(OR) if need.kind is NeedKind.ANY_OF else self.say(AND)).join(parts)

    def condition(self, condition: Condition) -> str:
        """What must be so."""
        if condition.kind is ConditionKind.FACT:
            declared = self.facts.get(condition.fact or "")
            values = self.say(OR).join(names.value(word, declared, self.language) for word in condition.values)
            fact = names.fact(condition.fact or "", self.facts, self.language)
            return self.say(FACT_IS).format(fact=fact, values=values)
        if condition.kind is ConditionKind.COMPARE and condition.comparison:
            fact = names.fact(condition.fact or "", self.facts, self.language)
            return self.say(COMPARED[condition.comparison]).format(fact=fact, bound=condition.bound)
        if condition.measure and condition.comparison:
            fact = names.fact(condition.fact or "", self.facts, self.language)
            bound = names.time(condition.length.words, self.language) if condition.length else condition.bound
            return self.say(WITH_TODAY[condition.measure, condition.comparison]).format(fact=fact, bound=bound)
        parts = [_nested(self.condition(part), several=bool(part.parts)) for part in condition.parts]
        if condition.kind is ConditionKind.NOT:
            return self.say(NOT).format(condition=self.say(AND).join(parts))
        if condition.kind is ConditionKind.AT_LEAST:
            return self.say(AT_LEAST_OF).format(count=condition.count, conditions="; ".join(parts))
        return (self.say(OR) if condition.kind is ConditionKind.ANY else self.say(AND)).join(parts)

    def limit(self, limit: Limit) -> str:
        """A limit's time, with the moments it counts from and the facts it counts for."""
        points = [self.point(point) for point in limit.points]
        said = points[0] if len(points) == 1 else self.say(PICKED[limit.pick]).format(points="; ".join(points))
        if limit.moves_to:
            said = self.say(MOVES_IN if limit.moves_to.country else MOVES).format(
                limit=said, country=limit.moves_to.country
            )
        if limit.when is None:
            return said
        return self.say(COUNTS_IF).format(limit=said, condition=self.condition(limit.when))

    def point(self, point: Point) -> str:
        """A distance and its moment."""
        time, moment = names.time(point.distance.words, self.language), self.moment(point.of)
        if not time:
            return moment
        if point.distance.clock is not None:
            after = NEXT_SHOWN_AFTER if moment else NEXT_SHOWN
            return self.say(LAST_SHOWN_BEFORE if point.before else after).format(time=time, moment=moment)
        return self.say(BEFORE if point.before else OF).format(time=time, moment=moment) if moment else time

    def moment(self, moment: Moment) -> str:
        """A named moment; empty for the step's own start."""
        if moment.kind in MOMENTS:
            return self.say(MOMENTS[moment.kind])
        name, step = moment.name or "", moment.step or ""
        if moment.kind is MomentKind.FACT:
            return names.fact(name, self.facts, self.language).lower()
        if moment.kind is MomentKind.EVIDENCE:
            return self.say(EVIDENCE_OF).format(field=names.spaced(name), step=self.step(step))
        if moment.kind is MomentKind.SIGNAL:
            return self.say(SIGNAL_MOMENT).format(signal=self.signal(name))
        return self._step_moment(step, name) if moment.kind is MomentKind.STEP else ""

    def _step_moment(self, step: str, name: str) -> str:
        if name in STEP_MOMENTS:
            return self.say(STEP_MOMENTS[name]).format(step=self.step(step))
        return self.say(RESULT_OF).format(step=self.step(step), result=self.result(step, name))


def _nested(words: str, *, several: bool) -> str:
    return f"({words})" if several else words
