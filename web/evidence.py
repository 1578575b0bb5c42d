"""In which ways a step can end, and what each asks for, ready for a form."""

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
                AskedField(name=field, title=names.field(field), type=kind.value)
                for field, kind in result.evidence.items()
            ),
        )
        for name, result in results_of(step).items()
    )
