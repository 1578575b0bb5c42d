"""What `staffetta case` shows, as rows for people and as JSON for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from cli.event_sentences import Teller, party_name
from cli.naming import Names, agreeing, state_word
from cli.printing import moment, put, put_table, second
from cli.speech import _, language
from cli.words import spaced
from models.composition import House
from models.viewed import WorkRow
from models.views import CaseRow, CaseView
from notifiers.language import translator
from procedures.case import CaseState, StepState
from procedures.conditions import awaited_signals
from procedures.retelling import untold
from procedures.showing.strictest import Rules
from procedures.timing import NOT_BEGUN

Row = tuple[str | None, ...]


def names_of(house: House) -> Names:
    """Names from the network and the procedures in force."""
    return Names(directory=house.procedures.directory(), library=house.procedures.library())


def put_cases(house: House, cases: Sequence[CaseRow], *, with_state: bool) -> None:
    """The board: one line per case, saying of each how it stands where not all of them are open."""
    state = (_("state"),) if with_state else ()
    put_table(
        (_("code"), *state, _("territory"), _("opened"), _("to do"), _("overdue"), _("next"), _("with"), _("due")),
        _case_rows(house, cases, with_state=with_state),
    )


def put_work(house: House, work: Sequence[WorkRow], *, with_state: bool) -> None:
    """The network's own work: one line for each."""
    names = names_of(house)
    state = (_("state"),) if with_state else ()
    rows = zip(work, _case_rows(house, [one.row for one in work], with_state=with_state), strict=True)
    put_table(
        (
            _("pathway"),
            _("code"),
            *state,
            _("territory"),
            _("opened"),
            _("to do"),
            _("overdue"),
            _("next"),
            _("with"),
            _("due"),
        ),
        ((names.pathway(one.pathway, one.content_hash), *row) for one, row in rows),
    )


def _case_rows(house: House, cases: Sequence[CaseRow], *, with_state: bool) -> Iterator[Row]:
    names = names_of(house)
    for case in cases:
        row = case.next
        yield (
            case.code,
            *((_state(case),) if with_state else ()),
            case.territory,
            moment(case.opened_at),
            str(case.open_handoffs),
            str(case.overdue_handoffs),
            names.step(row.pathway, row.step, row.content_hash) if row else None,
            party_name(names, row) if row else None,
            moment(row.due_at) if row else None,
        )


def _state(case: CaseRow) -> str:
    return spaced(case.status) if case.erased_at is None else _("erased {when}").format(when=moment(case.erased_at))


def put_case(house: House, view: CaseView) -> None:
    """One case for people: pathways, handoffs, consents that are waited for."""
    names = names_of(house)
    drill = _(", DRILL") if view.row.drill else ""
    put(f"{view.row.code}: {spaced(view.row.status)}, {view.row.territory}, {moment(view.row.opened_at)}{drill}", "")
    put_table(
        (_("pathway"), _("reference"), _("state"), _("outcome")),
        (
            (
                names.pathway(run.pathway, run.content_hash),
                run.ref,
                spaced(run.state),
                run.outcome and spaced(run.outcome),
            )
            for run in view.runs
        ),
    )
    put("")
    put_table(
        (_("reference"), _("step"), _("with"), _("state"), _("due"), _("result")),
        (
            (
                row.ref,
                names.step(row.pathway, row.step, row.content_hash, view.state.handoffs[row.ref].competence),
                party_name(names, row),
                state_word(row.state, overdue=row.overdue, result=row.result),
                moment(row.due_at) if row.ended_at is None else None,
                row.result and spaced(row.result),
            )
            for row in view.handoffs
        ),
    )
    put(*_which_counts(house, view), *_held(names, view), *owed_lines(names, view.state), *no_contact_lines(view.state))
    put(*_signals(house, view), *_waiting_for_signals(house, view))
    for waiting in view.awaited_consents:
        step = names.step(waiting.pathway, waiting.step)
        put(_("“{step}” waits for the consent {consent}.").format(step=step, consent=waiting.consent))
    put(*_untold(house, names, view))


def _untold(house: House, names: Names, view: CaseView) -> Iterator[str]:
    """What was begun without her consent and she was not told of yet."""
    by_hash = house.procedures.library().by_hash
    for run in view.state.runs.values():
        pathway = by_hash.get(run.content_hash)
        for acted, telling in untold(pathway, run) if pathway else ():
            steps = (names.step(run.pathway, step, run.content_hash) for step in (acted.step, telling))
            said = _("She was not told yet of “{step}”, begun without her consent. She is told in “{telling}”.")
            yield said.format(**dict(zip(("step", "telling"), steps, strict=True)))


def _which_counts(house: House, view: CaseView) -> Iterator[str]:
    """Of several limits for a result, the one that counts, in the procedure's words; and the time for a pathway."""
    library = house.procedures.library()
    for row in view.handoffs:
        pathway, handoff = library.by_hash.get(row.content_hash), view.state.handoffs[row.ref]
        if pathway is None or not handoff.is_open or len(handoff.limits) <= 1:
            continue
        rules = Rules(pathway, library.facts, translator(language(), "procedures").gettext, language())
        for end in rules.of_handoff(handoff):
            if end.strictest and end.rule:
                yield _("{ref}: of its limits the strictest counts, {at}: {rule}.").format(
                    ref=row.ref, at=moment(end.at), rule=end.rule
                )
    for run in view.state.runs.values():
        for limit in run.limits:
            if run.ended_at is None:
                yield _("{ref}: to be over by {at}.").format(ref=run.ref, at=moment(limit.at))


def _signals(house: House, view: CaseView) -> Iterator[str]:
    """What may be told from outside while a pathway runs, by whom, and how often it was."""
    by_hash = house.procedures.library().by_hash
    for run in view.state.runs.values():
        pathway = by_hash.get(run.content_hash)
        for signal in pathway.signals.values() if pathway and run.ended_at is None else ():
            known = run.signals.get(signal.name)
            yield _("{ref}: signal {name} (“{title}”), from: {senders}; so far: {times}.").format(
                ref=run.ref,
                name=signal.name,
                title=signal.title.said(language()),
                senders=", ".join(agreeing(sender) for sender in signal.senders),
                times=known.times if known else 0,
            )


def _waiting_for_signals(house: House, view: CaseView) -> Iterator[str]:
    """The steps that begin as soon as a signal comes."""
    names, by_hash = names_of(house), house.procedures.library().by_hash
    for run in view.state.runs.values():
        pathway = by_hash.get(run.content_hash) if run.ended_at is None else None
        for step in pathway.steps.values() if pathway else ():
            waits = run.steps[step.name].state is StepState.WAITING
            awaited = awaited_signals(step.needs, run.steps, run.signals) if waits else ()
            if awaited:
                title = names.step(run.pathway, step.name, run.content_hash)
                signals = ", ".join(f"“{names.signal(name, run.content_hash)}”" for name in sorted(awaited))
                yield _("“{step}” waits for a signal: {signals}.").format(step=title, signals=signals)


def _held(names: Names, view: CaseView) -> Iterator[str]:
    for run in view.state.runs.values():
        for step in run.steps.values():
            if step.held_until and step.state in NOT_BEGUN:
                title = names.step(run.pathway, step.step, run.content_hash)
                yield _("“{step}” may begin at {until}, not before.").format(step=title, until=moment(step.held_until))


def owed_lines(names: Names, state: CaseState) -> Iterator[str]:
    """What was passed over by acting first, and is neither done nor decided."""
    for run in state.runs.values():
        for step in run.owed:
            yield _("“{step}” is still owed, since {since}: “{begun}” was begun first.").format(
                step=names.step(run.pathway, step.step, run.content_hash),
                since=moment(step.owed_since),
                begun=names.step(run.pathway, step.owed_for or "", run.content_hash),
            )


def no_contact_lines(state: CaseState) -> Iterator[str]:
    """That she is not to be contacted, where she said so."""
    if state.no_contact_since is not None:
        since = moment(state.no_contact_since)
        yield _("Since {since} she does not want to be contacted again: nobody asks her for anything.").format(
            since=since
        )


def owed_as_json(state: CaseState) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "pathway": run.pathway,
            "run": run.ref,
            "step": step.step,
            "begun_first": step.owed_for,
            "since": step.owed_since,
        }
        for run in state.runs.values()
        for step in run.owed
    ]


def case_as_json(view: CaseView) -> dict[str, Any]:
    """One case for programs. The person is left out: the command line shows no names."""
    return {
        **asdict(view.row),
        "facts": view.state.facts,
        "consents": view.state.consents,
        "consent_taken": {name: taken.model_dump(mode="json") for name, taken in view.state.consent_taken.items()},
        "consent_services": {
            name: {"only": services.only and sorted(services.only), "without": sorted(services.without)}
            for name, services in view.state.consent_services.items()
        },
        "runs": [asdict(run) for run in view.runs],
        "handoffs": [asdict(row) for row in view.handoffs],
        "alerts": [asdict(alert) for alert in view.alerts],
        "awaited_consents": [asdict(waiting) for waiting in view.awaited_consents],
        "owed": owed_as_json(view.state),
        "no_contact_since": view.state.no_contact_since,
    }


def trail_rows(house: House, view: CaseView) -> Iterator[Row]:
    """The trail in plain words."""
    names = replace(names_of(house), library=house.procedures.library().seen_by(view.state.texts))
    teller = Teller(names, view.runs, view.handoffs, own_work=view.state.own_work)
    for entry in view.timeline:
        by = names.actor(entry.recorded.actor)
        yield str(entry.seq), second(entry.at), teller.said(entry.recorded.event), f"{by} ({entry.recorded.road})"


def trail_as_json(view: CaseView) -> list[dict[str, Any]]:
    """The trail for programs."""
    return [
        {
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "actor": entry.recorded.actor,
            "road": entry.recorded.road,
            "command_id": entry.recorded.command_id,
            "event": entry.recorded.event.model_dump(mode="json", exclude={"kind", "at", "person"}),
        }
        for entry in view.timeline
    ]
