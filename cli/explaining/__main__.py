"""`python -m cli.explaining`: the text of `docs/faults.md`."""

import sys

from cli.explaining.wording import as_markdown

if __name__ == "__main__":
    sys.stdout.write("\n".join(as_markdown()).rstrip() + "\n")
