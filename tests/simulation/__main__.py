"""For a person: `python -m tests.simulation --seed 7 [--cases 20] [--seeds 500] [--plant NAME] [--strict]`."""

import argparse
import sys
import time

from tests.simulation.plants import PLANTS
from tests.simulation.running import Outcome, run_seed
from tests.simulation.shrinking import shrink


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(outcome: Outcome, arguments: argparse.Namespace) -> None:
    """Print what broke, as a short story."""
    plant = PLANTS.get(arguments.plant)
    say(f"seed {outcome.seed}: BROKEN {outcome.broken}: {outcome.what}")
    story = shrink(
        outcome, cases=arguments.cases, plant=plant, strict=arguments.strict, seconds=arguments.shrink_seconds
    )
    say(f"  {len(outcome.taken)} decisions, {len(story.decisions)} of them needed ({story.tries} tries):")
    for decision in story.decisions:
        say(f"    {decision}")
    for line in story.lines():
        say(f"  {line}")


def main() -> int:
    """Run the seeds; 1 where something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--cases", type=int, default=20, help="cases of each seed")
    parser.add_argument("--plant", choices=sorted(PLANTS), default="", help="a planted bug")
    parser.add_argument("--strict", action="store_true", help="count the known departures, too")
    parser.add_argument("--shrink-seconds", type=float, default=60, help="processor seconds for a short story")
    arguments = parser.parse_args()
    begun, commands, broken = time.process_time(), 0, 0
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        outcome = run_seed(seed, cases=arguments.cases, plant=PLANTS.get(arguments.plant), strict=arguments.strict)
        commands += outcome.commands
        if outcome.broken:
            broken += 1
            tell(outcome, arguments)
    took = time.process_time() - begun
    say(f"{arguments.seeds} seeds, {broken} broken, {commands} commands, {commands / max(took, 0.001):.0f} a second")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
