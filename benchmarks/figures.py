"""What was measured, in the form that contract.md gives it: one row a figure."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from statistics import quantiles
from typing import Any

OURS = "staffetta"
FLOOR = "floor"
PACKAGES = ("staffetta", "sqlalchemy", "aiosmtplib", "apprise", "prefect", "psycopg", "dbos")

Row = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One thing measured `len(values)` times."""

    name: str
    backend: str
    """`sqlite`, `postgresql`, or `-` where nothing is kept."""
    peer: str
    values: Sequence[float]
    unit: str = "ms"


def percentile(values: Sequence[float], percent: int) -> float:
    """That percentile, as `quantiles` of the inclusive kind gives it."""
    return values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[percent - 1]


def row(figure: Figure) -> Row:
    """One line of a results file."""
    values = list(figure.values)
    return {
        "name": figure.name,
        "backend": figure.backend,
        "peer": figure.peer,
        "n": len(values),
        "unit": figure.unit,
        "p50": rounded(percentile(values, 50)),
        "p95": rounded(percentile(values, 95)),
        "p99": rounded(percentile(values, 99)),
        "max": rounded(max(values)),
        "machine": machine(),
        "versions": versions(),
        "at": datetime.now(UTC).replace(microsecond=0).isoformat(),
    }


def times(name: str, ours: Figure, floor: Figure) -> Row:
    """How many times the floor: percentile over percentile of the same run."""
    made = row(ours)
    made |= {"name": name, "unit": "x floor"}
    for key, percent in (("p50", 50), ("p95", 95), ("p99", 99)):
        made[key] = rounded(percentile(ours.values, percent) / percentile(floor.values, percent))
    made["max"] = rounded(max(ours.values) / max(floor.values))
    return made


def rounded(value: float) -> float:
    """Two places, or three digits below one hundredth."""
    # Figures below a tenth keep four digits.
    return round(value, 2) if abs(value) >= 0.1 else round(value, 4)  # noqa: PLR2004


LOAD = os.getloadavg()[0]
"""How many processes wanted to run over the minute before we began."""


def machine() -> str:
    """What it ran on, and how busy that was."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {LOAD:.1f}"


def versions() -> dict[str, str]:
    """Of what the figures depend on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
