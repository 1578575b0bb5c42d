"""In which ways a step can end, and what each asks for, ready for a form."""

from collections.abc import Mapping
from dataclasses import dataclass

from procedures.answering import results_of
from procedures.schema import AnyStep
from web.naming import Names


@dataclass(frozen=True)
class AskedField:
    """One piece of evidence."""

    name: str
    title: str
    type: str
    options: tuple[tuple[str, str], ...] = ()
    """The values of a closed list, each with what it is called."""


@dataclass(frozen=True)
class AskedResult:
    """One way to end."""

    name: str
    title: str
    evidence: tuple[AskedField, ...]


def asked_results(step: AnyStep, content_hash: str, names: Names) -> tuple[AskedResult, ...]:
    """The results of the step, in the order of its pathway."""
    return tuple(
        AskedResult(
            name=name,
            title=names.result(content_hash, step.name, name),
            evidence=tuple(
                AskedField(
                    name=field,
                    title=names.field(field),
                    type=kind.value,
                    options=options(names, result.of_fact, field),
                )
                for field, kind in result.evidence.items()
            ),
        )
        for name, result in results_of(step).items()
    )


def options(names: Names, of_fact: Mapping[str, str], field: str) -> tuple[tuple[str, str], ...]:
    """The values of a field that shows a declared fact, each with what it is called; none for any other."""
    fact = names.library.facts.get(of_fact.get(field, ""))
    return tuple((value, text.said(names.language)) for value, text in fact.choices.items()) if fact else ()
