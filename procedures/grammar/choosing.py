"""Reading `choose`: which of the services that offer the competence."""

import re
from collections.abc import Mapping
from typing import Any

from procedures import nodes
from procedures.grammar import choose_kinds, words
from procedures.grammar.drafts import NeedRef, PlacedChoice, StepDraft
from procedures.grammar.own_work import unknown_fact
from procedures.language.choosing import FEWEST, MOST, HowMany
from procedures.nodes import Node, Scalar
from procedures.reading import Document, Form, describe
from procedures.schema import COORDINATOR, OPERATOR, Choice, Fact, FactType

EXAMPLE = "{same_as: find_place}"
SAMPLES = {
    "territory": "choose: {territory: fact.new_area}",
    "same_as": "choose: {same_as: find_place}",
    "different_from": "choose: {different_from: [find_place]}",
    "same_person_as": "choose: {same_person_as: find_place}",
    "other_person_than": "choose: {other_person_than: [find_place]}",
    "barred": "choose: {barred: [police]}",
    "how_many": "choose: {how_many: first}",
    "picked": "choose: {picked: true}",
}
CHOOSE = Form(known=words.IN_CHOOSE)
ANEW = Form(known=("by",), required={"by": "by: [legal_aid]"})
_FACT = re.compile(r"fact\.([a-z][a-z0-9_]*)")


def read_competence(document: Document, node: Node, example: str) -> str | None:
    """What a service must offer: one name."""
    if isinstance(node, nodes.Sequence) and len(node.items) > 1:
        document.fault(choose_kinds.ONE_EACH, node)
        return None
    return document.name(node, example)


def read_competences(document: Document, node: Node, example: str) -> tuple[str, ...]:
    """What those who are told must offer: one name, or a list of several that differ."""
    found: list[str] = []
    for item in document.items(node, f"[{example}, social_services]") if isinstance(node, nodes.Sequence) else (node,):
        name = document.name(item, example)
        if name in found:
            document.fault(choose_kinds.TOLD_TWICE, item, competence=name)
        elif name is not None:
            found.append(name)
    return tuple(found)


def read_who(
    document: Document,
    draft: StepDraft,
    fields: dict[str, Node],
    facts: Mapping[str, Fact],
    competences: tuple[str, ...],
) -> dict[str, Any]:
    """What a step says of whom it asks beside the competence, and of how many must agree; the draft keeps where."""
    draft.competences = competences
    found: dict[str, Any] = {}
    if "choose" in fields:
        draft.choice = _read(document, fields["choose"], facts, competences)
        _check_asked(document, draft, draft.choice)
        found["choose"] = draft.choice.model
    if "not_delegable" in fields:
        found["not_delegable"] = document.truth(fields["not_delegable"])
        draft.not_delegable = fields["not_delegable"] if found["not_delegable"] else None
    if "two_persons" in fields:
        found["two_persons"] = document.truth(fields["two_persons"])
    if "anew" in fields:
        found |= _read_anew(document, draft, fields["anew"])
    _check_together(document, draft, fields)
    return found


def _read_anew(document: Document, draft: StepDraft, node: Node) -> dict[str, Any]:
    """`never`, or on whose word alone: `{by: [legal_aid]}`."""
    if isinstance(node, Scalar):
        return {"final": document.word(node, (words.NEVER,)) == words.NEVER}
    fields = document.fields(node, ANEW, "{by: [legal_aid]}")
    for item in document.items(fields["by"], "[legal_aid]") if "by" in fields else ():
        if word := document.name(item, "legal_aid"):
            draft.anew_by.setdefault(word, item)
    return {"anew_by": tuple(draft.anew_by)}


def _check_together(document: Document, draft: StepDraft, fields: dict[str, Node]) -> None:
    """What leads to one alone stands beside no word that asks several at once."""
    choice = draft.choice
    if choice is None:
        return
    person = choice.same_person_as.node if choice.same_person_as else None
    if person and choice.same_as:
        document.fault(choose_kinds.SAME_TWICE, choice.same_as.node)
    if person and choice.picked:
        document.fault(choose_kinds.PICKED_CONTRADICTS, choice.picked)
    for word, node in (
        ("not_delegable", draft.not_delegable),
        ("picked", choice.picked),
        ("same_person_as", person),
    ):
        if choice.first and node:
            document.fault(choose_kinds.FIRST_CONTRADICTS, node, word=word)
        if choice.each and node:
            document.fault(choose_kinds.EACH_CONTRADICTS, node, word=word)
    for word in ("results", "two_persons", "repeat", "extend"):
        if choice.each and draft.kind == "ask" and word in fields:
            document.fault(choose_kinds.EACH_CONTRADICTS, fields[word], word=word)


def _check_asked(document: Document, draft: StepDraft, choice: PlacedChoice) -> None:
    """Whoever picks, and whoever is first to accept, needs a step that asks."""
    kinds = (
        (choice.picked, choose_kinds.PICKED_IS_ASKED),
        (choice.first, choose_kinds.FIRST_IS_ASKED),
        (choice.each, choose_kinds.EACH_IS_ASKED),
        (choice.same_person_as and choice.same_person_as.node, choose_kinds.PERSON_IS_ASKED),
        (choice.other_person_than and choice.other_person_than[0].node, choose_kinds.PERSON_IS_ASKED),
    )
    for node, kind in kinds:
        if node and draft.kind != "ask":
            document.fault(kind, node, kind=draft.kind or "")


def _read(document: Document, node: Node, facts: Mapping[str, Fact], competences: tuple[str, ...]) -> PlacedChoice:
    """`{territory: fact.new_area, same_as: visit, different_from: [report], barred: [police]}`."""
    fields = document.fields(node, CHOOSE, EXAMPLE)
    if isinstance(node, nodes.Mapping) and not node.entries:
        document.fault(choose_kinds.CHOOSES_NOTHING, node, example=EXAMPLE)
    placed = PlacedChoice(node)
    territory = _territory(document, fields["territory"], facts) if "territory" in fields else None
    if "same_as" in fields and (step := document.name(fields["same_as"], "find_place")):
        placed.same_as = NeedRef(fields["same_as"], step, None)
    for item in _items(document, fields, "different_from", "[find_place]"):
        if step := document.name(item, "find_place"):
            placed.different_from.append(NeedRef(item, step, None))
    if "same_person_as" in fields and (step := document.name(fields["same_person_as"], "find_place")):
        placed.same_person_as = NeedRef(fields["same_person_as"], step, None)
    for item in _items(document, fields, "other_person_than", "[find_place]"):
        if step := document.name(item, "find_place"):
            placed.other_person_than.append(NeedRef(item, step, None))
    for item in _items(document, fields, "barred", "[police]"):
        _bar(document, placed, item, competences)
    placed.model = Choice(
        territory=territory,
        same_as=placed.same_as.step if placed.same_as else None,
        different_from=tuple(dict.fromkeys(ref.step for ref in placed.different_from)),
        same_person_as=placed.same_person_as.step if placed.same_person_as else None,
        other_person_than=tuple(dict.fromkeys(ref.step for ref in placed.other_person_than)),
        barred=tuple(placed.barred),
        how_many=_how_many(document, fields["how_many"]) if "how_many" in fields else HowMany.ONE,
        picked=bool("picked" in fields and document.truth(fields["picked"])),
    )
    placed.first = fields["how_many"] if placed.model.how_many is HowMany.FIRST else None
    placed.each = fields["how_many"] if placed.model.each else None
    placed.picked = fields["picked"] if placed.model.picked else None
    return placed


def _how_many(document: Document, node: Node) -> HowMany | int:
    """A word, or how many."""
    if isinstance(node, Scalar) and node.text in list(HowMany):
        return HowMany(node.text)
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int) and FEWEST <= value <= MOST:  # true and false count as 1 and 0: too few
        return value
    document.fault(choose_kinds.HOW_MANY, node, words=describe(node), fewest=str(FEWEST), most=str(MOST))
    return HowMany.ONE


def _territory(document: Document, node: Node, facts: Mapping[str, Fact]) -> str | None:
    named = _FACT.fullmatch(node.text) if isinstance(node, Scalar) else None
    if named is None:
        document.fault(choose_kinds.NOT_A_FACT, node, words=describe(node))
        return None
    fact = facts.get(named[1])
    if fact is None:
        choices = [name for name, declared in facts.items() if declared.type is FactType.CHOICE]
        unknown_fact(document, node, named[1], facts, choices)
    elif fact.type is not FactType.CHOICE:
        document.fault(choose_kinds.NO_TERRITORY_FACT, node, fact=fact.name)
    return named[1]


def _items(document: Document, fields: dict[str, Node], word: str, example: str) -> tuple[Node, ...]:
    """A list, or one name alone."""
    if word not in fields:
        return ()
    node = fields[word]
    return (node,) if isinstance(node, Scalar) and node.text else document.items(node, example)


def _bar(document: Document, placed: PlacedChoice, node: Node, competences: tuple[str, ...]) -> None:
    name = document.name(node, "police")
    if name in {COORDINATOR, OPERATOR}:
        document.fault(choose_kinds.BARS_A_PERSON, node, word=name)
    elif name is not None and name in competences:
        document.fault(choose_kinds.BARS_ITSELF, node, competence=name)
    elif name is not None:
        placed.barred.setdefault(name, node)
