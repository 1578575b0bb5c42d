"""`python -m procedures.showing FOLDER`: the drawings and pages of the shipped procedures."""

import sys
from pathlib import Path

from procedures.showing.album import write

if __name__ == "__main__":
    write(Path(sys.argv[1]))
