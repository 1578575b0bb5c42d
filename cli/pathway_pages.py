"""A pathway in words, for people who did not write it."""

from collections.abc import Iterator, Mapping

from cli.speech import _, language
from cli.words import spaced
from procedures.marking import N_
from procedures.schema import (
    AnyStep,
    AskStep,
    AwaitStep,
    Clock,
    Condition,
    ConditionKind,
    Limit,
    Moment,
    MomentKind,
    Need,
    NeedKind,
    Pathway,
    Result,
    StartStep,
    TellStep,
)

INDENT = "    "
CLOCKS = {Clock.PROTOCOL: N_("protocol"), Clock.CLINICAL: N_("clinical"), Clock.STATUTORY: N_("statutory")}


def pathway_lines(pathway: Pathway) -> Iterator[str]:
    """The whole pathway, step by step."""
    yield _("{name}: {title} (edition {edition})").format(
        name=pathway.name, title=pathway.title.said(language()), edition=pathway.edition
    )
    if pathway.consent:
        yield _("Consent: {consent}").format(consent=pathway.consent)
    elif pathway.basis:
        yield _("Without consent, because: {basis}").format(basis=pathway.basis.said(language()))
    for step in pathway.steps.values():
        yield ""
        yield f"{step.name}: {step.title.said(language())}"
        yield from (INDENT + line for line in _step_lines(step, pathway.consent))
    yield ""
    for outcome in pathway.outcomes:
        yield _("Outcome {outcome}: {when}").format(outcome=outcome.name, when=_need(outcome.when))


def _step_lines(step: AnyStep, consent: str | None) -> Iterator[str]:
    yield _what(step)
    if step.needs.parts or step.needs.step:
        yield _("after: {needs}").format(needs=_need(step.needs))
    if step.when:
        yield _("when: {condition}").format(condition=_condition(step.when))
    if step.consent and step.consent != consent:
        yield _("Consent: {consent}").format(consent=step.consent)
    if step.basis:
        yield _("Without consent, because: {basis}").format(basis=step.basis.said(language()))
    if isinstance(step, AskStep):
        yield from _ask_lines(step)
    if isinstance(step, AwaitStep):
        for limit in step.within:
            yield _limit(_("within"), limit)
        yield from _results(step.results)


def _what(step: AnyStep) -> str:
    if isinstance(step, AskStep):
        return _("asks: {competence}").format(competence=step.competence)
    if isinstance(step, TellStep):
        return _("tells: {competence}").format(competence=step.competence)
    if isinstance(step, StartStep):
        return _("starts: {pathway}").format(pathway=step.pathway)
    return _("awaits: {who}, watched by {competence}").format(who=step.who.said(language()), competence=step.watched_by)


def _ask_lines(step: AskStep) -> Iterator[str]:
    yield _limit(_("to be taken within"), step.accept_within)
    if step.first_sign_within:
        yield _limit(_("first sign of work within"), step.first_sign_within)
    for limit in step.complete_within:
        yield _limit(_("result within"), limit)
    for rung in step.escalate:
        yield _("no answer after {after}: {to}").format(after=rung.after.words, to=spaced(rung.to))
    yield from _results(step.results)


def _results(results: Mapping[str, Result]) -> Iterator[str]:
    for name, result in results.items():
        shown = ", ".join(f"{field} ({kind})" for field, kind in result.evidence.items())
        title = f" ({result.title.said(language())})" if result.title else ""
        yield _("result: {name}").format(name=name) + title + (f": {shown}" if shown else "")


def _limit(what: str, limit: Limit) -> str:
    of = f" ({_moment(limit.of)})" if limit.of.kind is not MomentKind.START else ""
    checked = limit.source.verified_on.isoformat() if limit.source.verified_on else _("not verified")
    return f"{what} {limit.within.words}{of}, {_(CLOCKS[limit.clock])}. {limit.source.text} [{checked}]"


def _moment(moment: Moment) -> str:
    words = {
        MomentKind.CASE: "case.opened",
        MomentKind.PATHWAY: "pathway.started",
        MomentKind.STEP: f"{moment.step}.{moment.name}",
        MomentKind.EVIDENCE: f"{moment.step}.evidence.{moment.name}",
        MomentKind.FACT: f"fact.{moment.name}",
    }
    return words.get(moment.kind, "")


def _need(need: Need) -> str:
    if need.kind is NeedKind.STEP:
        return f"{need.step}.{need.result}" if need.result else str(need.step)
    joint = _(" or ") if need.kind is NeedKind.ANY_OF else _(" and ")
    return joint.join(_nested(_need(part), several=part.kind is not NeedKind.STEP) for part in need.parts)


def _condition(condition: Condition) -> str:
    if condition.kind is ConditionKind.FACT:
        return f"{condition.fact} = {' | '.join(str(value).lower() for value in condition.values)}"
    if condition.kind is ConditionKind.NOT:
        return _("not ({condition})").format(condition=" ".join(_condition(part) for part in condition.parts))
    joint = _(" or ") if condition.kind is ConditionKind.ANY else _(" and ")
    return joint.join(
        _nested(_condition(part), several=part.kind in {ConditionKind.ALL, ConditionKind.ANY})
        for part in condition.parts
    )


def _nested(text: str, *, several: bool) -> str:
    return f"({text})" if several else text
