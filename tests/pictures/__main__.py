"""`python -m tests.pictures [--only NAME …]`: take every picture, or those whose names begin so.

All lie in build/pictures afterwards; the chosen ones in docs/pictures as well, as WebP.
"""

import argparse
import sys
from pathlib import Path

from tests.browser.conftest import CHROMIUM
from tests.pictures.shots import SHOTS
from tests.pictures.taking import chromium, smaller, take

ROOT = Path(__file__).parents[2]
ALL, CHOSEN = ROOT / "build" / "pictures", ROOT / "docs" / "pictures"


def main() -> int:
    """The exit status: 1 where there is nothing to take pictures with, 2 where nothing has that name."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME", help="those whose names begin so")
    wanted = tuple(parser.parse_args().only)
    shots = [shot for shot in SHOTS if shot.name.startswith(wanted)]
    if not shots:
        sys.stderr.write("No picture has such a name: they stand in docs/pictures.md.\n")
        return 2
    if not CHROMIUM.exists():
        sys.stderr.write("Chromium is not installed: apt-get install chromium\n")
        return 1
    chosen = []
    for shot, path in take(shots, ALL):
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
        if shot.chosen:
            chosen.append(path)
    with chromium() as browser:
        smaller(browser, chosen, CHOSEN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
