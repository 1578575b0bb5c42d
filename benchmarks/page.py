"""The page `docs/benchmarks.md`, drawn from the results that `make bench` left."""

import json
from pathlib import Path

HEAD = """# How fast it is

Generated from `benchmarks/results/` by `make bench`; a test compares. Each figure stands beside the floor of the same
run, since a machine has its moods; times are milliseconds.

| what | peer | database | n | p50 | p95 | p99 | max | machine | on |
|---|---|---|---|---|---|---|---|---|---|
"""


def render(results: Path) -> str:
    """The whole page, from every results file of the folder."""
    rows = [row for file in sorted(results.glob("*.json")) for row in json.loads(file.read_text(encoding="utf-8"))]
    lines = (
        f"| {row['name']} | {row['peer']} | {row['backend']} | {row['n']} | {row['p50']} | {row['p95']} | {row['p99']} "
        f"| {row['max']} | {row['machine']} | {row['at'][:10]} |\n"
        for row in rows
    )
    return HEAD + "".join(lines)
