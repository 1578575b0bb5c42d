"""Reading one pathway: from a text to a frozen `Pathway`, or to all of its faults."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from procedures import nodes
from procedures.checking import check_draft
from procedures.checking_told import told_after
from procedures.fault_kinds import MISSING, RESERVED_NAME
from procedures.grammar import kinds, own_work, words
from procedures.grammar.consents import NOTHING_INHERITED, ConsentReader
from procedures.grammar.drafts import PathwayDraft
from procedures.grammar.limits import LimitDefaults, read_clock, read_limits, read_source
from procedures.grammar.needs import read_need
from procedures.grammar.schedules import read_of_itself
from procedures.grammar.signals import read_signals
from procedures.grammar.silences import read_silence
from procedures.grammar.steps import StepReader
from procedures.language.consents import ConsentTerms, Subject
from procedures.nodes import Mapping as MappingNode
from procedures.nodes import Node
from procedures.reading import Document, read_document
from procedures.schema import Clock, Fact, Outcome, Pathway, Silence
from procedures.texts import read_text
from procedures.vocabulary import read_declared

MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class PathwayText:
    """A text that was read: its draft for the checks across files, and the pathway where it has no fault."""

    text: str
    document: Document
    draft: PathwayDraft
    pathway: Pathway | None


def content_hash(text: str) -> str:
    """SHA-256 (hex) of a text: what a running pathway is pinned to."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_pathway(text: str, file: str, facts: Mapping[str, Fact]) -> PathwayText:
    """Read a text and check all that can be checked without the other pathways.

    Raises:
        ProcedureFaults: only where nothing can be read; every other fault waits in the document.
    """
    document = read_document(text, file)
    no_case = own_work.read_no_case(document)
    fields = document.fields(document.root, own_work.form_of(no_case=no_case), "pathway: shelter")
    subject = Subject(_subject(document, fields))
    own = read_declared(document, fields["facts"], facts) if "facts" in fields else {}
    facts = {**facts, **own}
    every, facts = facts, own_work.Vocabulary(facts, no_case=no_case, subject=subject)
    draft = PathwayDraft(facts, no_case, subject=subject, own_facts=_placed(fields.get("facts"), own))
    if "pathway" in fields:
        draft.name_node = fields["pathway"]
        draft.name = document.name(draft.name_node, "shelter")
    edition = document.whole_number(fields["edition"], at_least=1) if "edition" in fields else None
    title = read_text(document, fields["title"]) if "title" in fields else None
    consents = ConsentReader(document, subject, every)
    draft.consent, draft.told_in = fields.get("consent"), fields.get("told_in")
    draft.terms = _read_consent(consents, fields, no_case=no_case)
    _read_opened_by(document, draft, fields)
    schedule, tests_channels = read_of_itself(document, draft, fields)
    if "signals" in fields:
        draft.signals = read_signals(document, fields["signals"], facts)
    stays_open = "stays_open" in fields and document.truth(fields["stays_open"])
    draft.stays_open = fields["stays_open"] if stays_open else None
    reader = StepReader(consents, facts, draft.terms, no_case=no_case)
    _read_course(document, draft, reader, fields)
    silence = _read_limits(document, draft, fields)
    check_draft(document, draft)
    if document.has_errors or draft.name is None or edition is None or title is None or draft.terms is None:
        return PathwayText(text, document, draft, None)
    pathway = Pathway(
        name=draft.name,
        edition=edition,
        title=title,
        no_case=no_case,
        subject=subject,
        **dict(draft.terms),
        opened_by=tuple(draft.opened_by),
        schedule=schedule,
        tests_channels=tests_channels,
        facts=own,
        within=tuple(placed.limit for placed in draft.limits),
        on_expiry=silence or Silence.ESCALATE,
        signals={name: signal.model for name, signal in draft.signals.items() if signal.model},
        stays_open=bool(stays_open),
        steps={name: told_after(draft, step.model) for name, step in draft.steps.items() if step.model},
        outcomes=tuple(draft.outcomes),
        content_hash=content_hash(text),
    )
    return PathwayText(text, document, draft, pathway)


def _placed(node: Node | None, own: Mapping[str, Fact]) -> dict[str, tuple[Fact, Node]]:
    entries = node if isinstance(node, MappingNode) else ()
    return {name: (own[name], entry.key) for name, entry in entries if name in own}


def _subject(document: Document, fields: dict[str, Node]) -> str:
    """Whom it is about: the survivor, unless it says otherwise."""
    found = document.word(fields["subject"], tuple(Subject)) if "subject" in fields else None
    return found or Subject.SURVIVOR


def _read_opened_by(document: Document, draft: PathwayDraft, fields: dict[str, Node]) -> None:
    for item in document.items(fields["opened_by"], "[operator, police]") if "opened_by" in fields else ():
        if word := document.name(item, "operator"):
            draft.opened_by.setdefault(word, item)


def _read_course(document: Document, draft: PathwayDraft, reader: StepReader, fields: dict[str, Node]) -> None:
    """The steps, and the outcomes that they lead to; one step alone needs none."""
    if "steps" in fields:
        _read_steps(document, draft, reader, fields["steps"])
    if "outcomes" in fields:
        _read_outcomes(document, draft, fields["outcomes"])
    elif len(draft.steps) != 1 and isinstance(document.root, nodes.Mapping):
        document.fault(MISSING, document.root, word="outcomes", example=words.OUTCOMES)


def _read_consent(consents: ConsentReader, fields: dict[str, Node], *, no_case: bool) -> ConsentTerms | None:
    if no_case:
        own_work.refuse_consent(consents.document, fields)
        return NOTHING_INHERITED
    return consents.read(consents.document.root, fields, NOTHING_INHERITED)


def _read_limits(document: Document, draft: PathwayDraft, fields: dict[str, Node]) -> str | None:
    """The limits of the pathway itself; what their silence means."""
    source = read_source(document, fields["source"]) if "source" in fields else None
    clock = read_clock(document, fields["clock"]) if "clock" in fields else None
    draft.about_limits = {word: fields[word] for word in ("on_expiry", "source", "clock") if word in fields}
    defaults = LimitDefaults(source, told="source" in fields, clock=clock or Clock.PROTOCOL, facts=draft.facts)
    if "within" in fields:
        draft.limits = read_limits(document, fields["within"], defaults, draft.moments)
    draft.silence = read_silence(document, fields)
    return draft.silence


def _read_steps(document: Document, draft: PathwayDraft, reader: StepReader, node: Node) -> None:
    entries = document.named(node, "find_place")
    if not entries and isinstance(node, nodes.Mapping):
        document.fault(kinds.NO_STEPS, node, example="{find_place: {ask: emergency_shelter, …}}")
    for name, entry in entries:
        if len(draft.steps) == MAX_STEPS:
            document.stop(kinds.TOO_MANY_STEPS, entry.key, limit=str(MAX_STEPS))
        draft.steps[name] = reader.read(name, entry.key, entry.value)


def _read_outcomes(document: Document, draft: PathwayDraft, node: Node) -> None:
    draft.outcomes_node = node
    for name, entry in document.named(node, "housed"):
        draft.outcome_nodes[name] = entry.key
        if name in words.RESERVED_OUTCOMES:
            document.fault(RESERVED_NAME, entry.key, name=name)
        when = read_need(document, entry.value, draft.outcome_refs)
        if when is not None:
            draft.outcomes.append(Outcome(name=name, when=when))
