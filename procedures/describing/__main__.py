"""`python -m procedures.describing schema|reference`: the text of one of the two files in `docs/`."""

import sys

from procedures.describing.files import reference_page, schema_file

if __name__ == "__main__":
    sys.stdout.write(schema_file() if sys.argv[1:] == ["schema"] else reference_page())
