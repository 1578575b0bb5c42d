"""`python -m tests.trust.page [REPORT …]`: keep what `make trust` found, and draw `docs/trust.md` from what is kept.

What a report holds of a row takes the place of what was kept of it; its planted bugs likewise, and apart from it.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.simulation.plants import PLANTS as SIMULATED
from tests.simulation.row import PLANTED as SIMULATED_PLANT
from tests.trust.plants import PLANTS

KEPT = Path(__file__).with_name("kept.json")
WORDS = Path(__file__).with_name("page.md")
PAGE = Path(__file__).parents[2] / "docs" / "trust.md"
PLANT, FOUND = "planted ", " is found"
NOT_RUN = "not run"

Line = Mapping[str, Any]


def is_planted(line: Line) -> bool:
    """Whether it says of a planted bug whether it was found."""
    return str(line["invariant"]).startswith(PLANT) or str(line["invariant"]).startswith(SIMULATED_PLANT)


def kept_with(kept: Sequence[Line], found: Sequence[Line]) -> list[Line]:
    """What is kept once this was found."""
    # The simulation says both in one run; elsewhere planted bugs are a run of their own.
    new = {(line["row"], is_planted(line)) for line in found}
    both = [*(line for line in kept if (line["row"], is_planted(line)) not in new), *found]
    return sorted(both, key=lambda line: int(str(line["row"])[1:]))


def rows() -> list[str]:
    """The rows that the page knows."""
    return re.findall(r"^\| (T\d+) \|.*@\1@", WORDS.read_text(encoding="utf-8"), re.MULTILINE)


def render(lines: Sequence[Line]) -> str:
    """The whole page."""
    text = WORDS.read_text(encoding="utf-8")
    held = {row: [one for one in lines if one["row"] == row and not is_planted(one)] for row in rows()}
    for row, found in held.items():
        text = text.replace(f"@{row}@", _stands(found))
    return text.replace("@found@", _measured(held)).replace("@planted@", _planted(lines))


def _stands(lines: Sequence[Line]) -> str:
    if not lines:
        return NOT_RUN
    broken = sum(bool(line["broken"]) for line in lines)
    said = f"**{broken} of {len(lines)} lines broken**" if broken else f"all {len(lines)} lines hold"
    return f"{said}; {sum(line['tried'] for line in lines):,} looked at"


def _measured(held: Mapping[str, Sequence[Line]]) -> str:
    parts = []
    for row, lines in held.items():
        if not lines:
            parts.append(f"\n### {row}\n\n{NOT_RUN.capitalize()}.\n")
            continue
        parts.append(f"\n### {row}\n\n| what holds | looked at | broken | figures |\n|---|---|---|---|\n")
        parts += [
            f"| {_cell(one['invariant'])} | {one['tried']:,} | {_count(one['broken'])} | {_cell(one['detail'])} |\n"
            for one in lines
        ]
        parts.append(f"\n{_provenance(lines)}\n")
    return "".join(parts)


def simulated_words(name: str) -> str:
    """What this planted bug of the simulation does."""
    return str(SIMULATED[name].__doc__).splitlines()[0]


def _planted(lines: Sequence[Line]) -> str:
    said = {(line["row"], _plant_of(line)): line for line in lines if is_planted(line)}
    parts = ["| row | planted | found |\n|---|---|---|\n"]
    every = [("T2", name, simulated_words(name)) for name in SIMULATED]
    every += [(bug.row, name, bug.what) for name, bug in PLANTS.items()]
    for row, name, what in sorted(every, key=lambda one: int(one[0][1:])):
        parts.append(f"| {row} | {_cell(what)} | {_found(said.get((row, name)))} |\n")
    parts += [f"\n{row}: {_provenance(some)}\n" for row, some in _by_row(said.values())]
    return "".join(parts)


def _plant_of(line: Line) -> str:
    name = str(line["invariant"]).removeprefix(SIMULATED_PLANT).removeprefix(PLANT)
    return name.removesuffix(FOUND)


def _found(line: Line | None) -> str:
    if line is None:
        return NOT_RUN
    said = _cell(str(line["detail"]).rpartition(": broke ")[2] or line["detail"])
    return f"**not found**: {said}" if line["broken"] else said


def _by_row(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    rows: dict[str, list[Line]] = {}
    for line in lines:
        rows.setdefault(line["row"], []).append(line)
    return sorted(rows.items(), key=lambda one: int(one[0][1:]))


def _provenance(lines: Sequence[Line]) -> str:
    """Of which size and seed, when and on what."""
    last = lines[-1]
    sizes = ", ".join(dict.fromkeys(str(line["size"]) for line in lines)) if last["row"] != "T2" else "its own"
    return f"Size {sizes}, seed {last['seed']}; {last['at'][:10]} on {last['machine']}."


def _count(broken: int) -> str:
    return f"**{broken:,}**" if broken else "0"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def read(report: Path) -> list[Line]:
    """The lines of a report."""
    found: list[Line] = json.loads(report.read_text(encoding="utf-8"))
    return found


def main(reports: Sequence[str]) -> int:
    """Keep these reports, in their order, and draw the page."""
    kept: list[Line] = read(KEPT)
    for report in reports:
        kept = kept_with(kept, read(Path(report)))
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(render(kept), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
