"""The two files of `docs/` that describe the language."""

import json

from procedures.describing.reference import reference
from procedures.describing.whole import json_schema
from procedures.loading import shipped_facts


def schema_file() -> str:
    """The text of `docs/pathway.schema.json`."""
    return json.dumps(json_schema(shipped_facts()), indent=2, ensure_ascii=False) + "\n"


def reference_page() -> str:
    """The text of `docs/language-reference.md`."""
    facts = shipped_facts()
    return "\n".join(reference(json_schema(facts), facts)).rstrip() + "\n"
