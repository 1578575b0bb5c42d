"""`python -m tests.mutation [--sample N | --all] [--seed S] [--of MODULE …]`: change the rules, see what no test sees.

A copy of the tree is changed, never the tree itself. A drawn sample keeps it within minutes; the same seed draws the
same changes of the same text. The report is `mutation-report.json`; docs/mutation.md explains what survives.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "mutation-report.json"
CHANGED = (
    *("deciding", "deciding_anew", "evolving*", "timing", "distances", "coming_days"),
    *("conditions", "choosing*", "persons", "taking", "checking*"),
)
"""The rules that a case hangs on, and the checks that a procedure must pass."""
RULES = "tests/unit/test_rules_*.py"
"""Every story of the rules; their slow machines leave themselves out."""
BESIDE = (
    *("checking", "checking_network", "choice_told", "choice_words", "competence_words", "consent_words", "distances"),
    *("exploring", "exploring_changes", "exploring_repeats", "fault_pages", "fixed_days", "library", "limit_words"),
    *("loading", "needs_joined", "opened_by", "own_work_words", "person_words", "points", "repeating_words"),
    *("scenario_choices", "scenario_moving", "scenario_two_persons", "signal_words", "who_now", "with_today_words"),
)
SAMPLE, SEED = 200, 1
NO_TEST = 33
GENERATE = """\
import os
from mutmut import __main__ as mutmut
mutmut.set_mutant_under_test("mutant_generation")
os.makedirs("mutants", exist_ok=True)
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.setup_source_paths()
mutmut.create_mutants(2)
"""
"""The first half of `mutmut run`: it has no word of its own for a sample."""


def main() -> int:
    """The exit status: 1 where nothing could be tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").partition("\n")[2])
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many changes are tried ({SAMPLE})")
    parser.add_argument("--seed", type=int, default=SEED, help="which of them are drawn")
    parser.add_argument("--of", nargs="+", default=[], metavar="MODULE", help="of these modules alone")
    parser.add_argument("--side-by-side", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--all", action="store_true", help="every change: hours")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="staffetta-mutation-") as folder:
        here = Path(folder)
        copy_tree(here)
        subprocess.run([sys.executable, "-c", GENERATE], cwd=here, check=True)
        names = sorted(name for name in results(here) if not asked.of or name.split(".")[1] in asked.of)
        draw = random.Random(asked.seed)  # noqa: S311 - a seed draws the same again
        drawn = sorted(names if asked.all else draw.sample(names, min(asked.sample, len(names))))
        began = time.monotonic()
        mutmut(here, "run", "--max-children", str(asked.side_by_side), *drawn)
        report = reported(here, drawn, len(names), asked.seed)
        sys.stdout.write(f"\n{report['score']} % of {report['tried']} noticed, {time.monotonic() - began:.0f} s\n")
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if report["tried"] else 1


def copy_tree(here: Path) -> None:
    """What is kept in git as it stands now, with the settings of mutmut."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).exists():
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, here / name)
    with (here / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings())


def settings() -> str:
    """What mutmut is told."""
    rules = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(RULES))
    tests = rules + [f"tests/unit/test_{name}.py" for name in BESIDE]
    rooms = ["models", "notifiers", "cli", "web", "flows", "benchmarks", "docs", "README.md"]
    said = {
        "source_paths": ["procedures"],
        "only_mutate": [f"procedures/{name}.py" for name in CHANGED],
        "also_copy": rooms,
        "pytest_add_cli_args": ["-q", "-x", "-p", "no:cacheprovider", "-m", "not slow and not browser"],
        "pytest_add_cli_args_test_selection": [name for name in tests if (ROOT / name).exists()],
    }
    return "\n[tool.mutmut]\n" + "".join(f"{word} = {json.dumps(value)}\n" for word, value in said.items())


def results(here: Path) -> Mapping[str, int | None]:
    """How pytest ended for each change; None where it was not tried."""
    found: dict[str, int | None] = {}
    for path in sorted((here / "mutants").rglob("*.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def reported(here: Path, drawn: Sequence[str], of: int, seed: int) -> dict[str, object]:
    """The score by module, and each change that no test noticed, as a difference."""
    ended = {name: code for name, code in results(here).items() if name in set(drawn) and code is not None}
    survived = sorted(name for name, code in ended.items() if code in {0, NO_TEST})
    tried, lived = (Counter(name.split(".")[1] for name in names) for names in (ended, survived))
    shown = {name: difference(here, name) for name in survived}
    score = round(100 * (1 - len(survived) / len(ended)), 1) if ended else 0.0
    modules = {module: {"tried": count, "survived": lived[module]} for module, count in sorted(tried.items())}
    return {"seed": seed, "of": of, "tried": len(ended), "score": score, "modules": modules, "survived": shown}


def difference(here: Path, name: str) -> str:
    """What was changed."""
    lines = mutmut(here, "show", name, quiet=True).splitlines()
    return "\n".join(line for line in lines if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"})


def mutmut(here: Path, *words: str, quiet: bool = False) -> str:
    """Run it in the copy; what it said, where that is not shown."""
    ran = subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=here,
        stdout=subprocess.PIPE if quiet else None,
        text=True,
        check=False,
    )
    return ran.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
