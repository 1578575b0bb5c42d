"""Faults of the text itself, before anybody asks what it means: shared by every file the network writes."""

from procedures.faults import FaultKind

SYNTAX = FaultKind(
    "syntax",
    "This is not valid YAML: {problem}.",
    "Check the line before as well: indent with spaces, close every bracket and quote, "
    "and put quotes around a text that holds a colon.",
)
TAB = FaultKind("tab", "A tab indents this line.", "Indent with spaces.")
BAD_CHARACTER = FaultKind("bad-character", "The character {character} cannot stand in YAML.", "Delete it.")
NOT_UTF8 = FaultKind("not-utf-8", "The file is not written in UTF-8.", "Save it as UTF-8 in your editor.")
UNREADABLE = FaultKind("unreadable", "The file cannot be read ({why}).", "Check its name and who may read it.")
NO_PATHWAYS = FaultKind(
    "no-pathways", "The folder holds no pathway.", "Write one into a file that ends in .yaml, or name another folder."
)
TOO_LARGE = FaultKind("too-large", "The file is larger than {limit} KiB.", "Split it into several files.")
TOO_MANY_NODES = FaultKind(
    "too-many-nodes", "The file holds more than {limit} words and lists.", "Split it into several files."
)
TOO_DEEP = FaultKind("too-deep", "More than {limit} levels stand inside one another here.", "Write it flatter.")
TOO_MANY_FAULTS = FaultKind(
    "too-many-faults",
    "There are more than {limit} faults; the rest of the file was not read.",
    "Mend those above first.",
)
SECOND_DOCUMENT = FaultKind("second-document", "A second document begins here.", "Put it into a file of its own.")
TAG = FaultKind("tag", "The tag {tag} is not allowed.", "Delete it: what a value means follows from its place.")
ANCHOR = FaultKind("anchor", "The anchor &{name} is not allowed.", "Delete it and write the value where it is needed.")
ALIAS = FaultKind("alias", "The alias *{name} is not allowed.", "Write the value out here.")
MERGE = FaultKind("merge", "The merge key << is not allowed.", "Write its keys out here.")
DUPLICATE_KEY = FaultKind(
    "duplicate-key", "{key} stands here a second time.", "Keep one of the two; the first is in line {line}."
)
KEY_NOT_A_WORD = FaultKind("key-not-a-word", "A key must be a single word.", "Write word: value.")

EXPECTED = FaultKind("expected", "{expected} must stand here, not {found}.", "Write for example: {example}")
MISSING = FaultKind("missing", "{word} is missing.", "Add for example: {example}")
UNKNOWN_WORD = FaultKind("unknown-word", "{word} is unknown here.", "Write one of: {known}.")
MISSPELT_WORD = FaultKind("misspelt-word", "{word} is unknown here.", "Did you mean {nearest}?")
LATER_WORD = FaultKind(
    "later-word",
    "{word} is not part of this edition of the language.",
    "Leave it out: docs/language-reference.md lists the words of this edition.",
)
BAD_NAME = FaultKind(
    "bad-name",
    "{name} cannot be a name.",
    "Use small letters, digits and _, beginning with a letter, at most 60 of them, for example: {example}",
)
RESERVED_NAME = FaultKind("reserved-name", "{name} has a meaning of its own here.", "Choose another name.")

UNSEEN_CHARACTER = FaultKind(
    "unseen-character",
    "A character that nobody sees stands in this text ({character}).",
    "Write the text again by hand.",
)
TEMPLATE = FaultKind(
    "template",
    "{words} looks like something that a program would fill in.",
    "Write plain words: nothing is ever put into a text, so that no name can get into it.",
)
PERSONAL = FaultKind(
    "personal-data",
    "This text holds an e-mail address, a telephone number or a tax code.",
    "Delete it: people and their channels belong into the network's file, and nobody's data into a procedure.",
)
LOOK_ALIKE = FaultKind(
    "look-alike",
    "{character} is a letter of another alphabet ({name}).",
    "Write the text again with Latin letters.",
)
