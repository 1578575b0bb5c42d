"""Which answer somebody wrote, if it is beyond doubt: *1*, *2*, or plain words in Italian and English.

Read in the child (`notifiers.incoming.child`), so nothing of the house is imported here. Whoever writes anything that
could mean otherwise is asked to write again: a false *accepted* costs more than a second mail.
"""

import re
import unicodedata

ACCEPT, DECLINE = "accept", "decline"
ACCEPTED = frozenset(
    {
        "1",
        "accetto",
        "accettiamo",
        "accettato",
        "ce ne occupiamo",
        "ce ne occupiamo noi",
        "ci pensiamo noi",
        "lo prendiamo noi",
        "la prendiamo noi",
        "prendiamo in carico",
        "lo prendiamo in carico",
        "la prendiamo in carico",
        "presa in carico",
        "preso in carico",
        "accept",
        "accepted",
        "i accept",
        "we accept",
        "we take it",
        "we will take it",
        "we ll take it",
        "i take it",
        "i will take it",
        "i ll take it",
    }
)
DECLINED = frozenset(
    {
        "2",
        "non possiamo",
        "non posso",
        "non accetto",
        "non accettiamo",
        "non possiamo accettare",
        "non possiamo prenderlo",
        "non possiamo prenderla",
        "non possiamo occuparcene",
        "non ce ne occupiamo",
        "rifiuto",
        "rifiutiamo",
        "cannot",
        "can not",
        "we cannot",
        "we can not",
        "we can t",
        "we cannot take it",
        "we can not take it",
        "we can t take it",
        "i cannot",
        "i can t",
        "decline",
        "declined",
        "we decline",
        "i decline",
    }
)
POLITE = frozenset(
    {
        "buongiorno",
        "buonasera",
        "buona giornata",
        "buona serata",
        "buon lavoro",
        "salve",
        "gentili",
        "gentilissimi",
        "grazie",
        "grazie mille",
        "molte grazie",
        "cordiali saluti",
        "cordialmente",
        "distinti saluti",
        "saluti",
        "un saluto",
        "a presto",
        "good morning",
        "good evening",
        "hello",
        "hi",
        "dear all",
        "thanks",
        "many thanks",
        "thank you",
        "best regards",
        "kind regards",
        "regards",
        "best",
    }
)
"""What may stand beside an answer and says nothing."""
DOUBT = frozenset(
    {
        *("non", "no", "ma", "pero", "se", "solo", "soltanto", "dopo", "prima", "forse", "quando", "domani", "salvo"),
        *("purche", "aspettate", "attendete", "errore", "annulla", "annullate", "sbagliato", "piu", "tardi"),
        *("not", "but", "if", "only", "after", "before", "until", "unless", "maybe", "when", "tomorrow", "wait"),
        *("except", "mistake", "wrong", "however", "yet", "later", "cannot", "accept", "decline"),
        *("accetto", "accettiamo", "rifiuto", "rifiutiamo", "possiamo", "posso"),
    }
)
"""A line with one of these may take back what stands above it."""
MOST_LINES = 14
MOST_WORDS, MOST_OF_OFFICE = 6, 14
"""Of a line below the answer: a name; in a paragraph of its own, an office. A longer one may be a condition."""
CODE = re.compile(r"(?P<said>.*?)[ ,;:.-]+(?P<code>[2-9A-HJKMNP-TV-Z]{6})[ .]*", re.IGNORECASE)
SENT_FROM = re.compile(r"(inviat[oa] d|sent from|get outlook|ottieni outlook|scarica outlook|sent with|sent via)")
"""Left over by the library that takes away what is quoted."""
RULE = re.compile(r"[-_=*~ ]{2,}")
FOOTER = re.compile(
    r"(avviso|nota) (di|sulla) riservatezza|informativa|(questo|il presente) messaggio|(questa|la presente) e ?mail|"
    r"le informazioni contenute|ai sensi d|prima di stampare|rispett\w+ l ambiente|this (e ?mail|message)|"
    r"the information|confidential|disclaimer|caution|notice|please consider|il contenuto di quest"
)
"""How what a house writes below each of its mails begins: nobody who answers can leave it out."""


def plain(line: str) -> str:
    """A line in small letters without accents and signs, with one blank between words."""
    bare = unicodedata.normalize("NFKD", line.casefold())
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w]+", " ", letters).replace("_", " ").split())


def answer_in(text: str) -> tuple[str, str]:
    """The answer in what somebody wrote, and the code beside it; empty where there is none, or it is in doubt.

    Args:
        text: what she wrote herself, without what she quotes.
    """
    paragraphs = [part for part in re.split(r"\n\s*\n", _without_footer(text)) if part.strip()]
    lines = [(line, number) for number, part in enumerate(paragraphs) for line in part.splitlines() if line.strip()]
    while lines and plain(lines[0][0]) in POLITE:
        lines = lines[1:]
    if not lines or len(lines) > MOST_LINES:
        return "", ""
    (said, paragraph), code = lines[0], ""
    found = CODE.fullmatch(said.strip())
    if found is not None and _word(found["said"]):
        said, code = found["said"], found["code"].upper()
    word = _word(said)
    below = (_says_nothing(line, MOST_OF_OFFICE if at > paragraph else MOST_WORDS) for line, at in lines[1:])
    return (word, code) if word and all(below) else ("", "")


def _without_footer(text: str) -> str:
    """What stands above the line from which on nobody wrote it for this answer."""
    kept: list[str] = []
    for line in text.splitlines():
        if RULE.fullmatch(line.strip()) or SENT_FROM.match(plain(line)):
            if any(one.strip() for one in kept):
                break
            continue
        if kept and not kept[-1].strip() and FOOTER.match(plain(line)):
            break
        kept.append(line)
    return "\n".join(kept)


def _word(line: str) -> str:
    words = plain(line)
    for polite in sorted(POLITE, key=len, reverse=True):
        words = words.removesuffix(f" {polite}").removeprefix(f"{polite} ")
    return ACCEPT if words in ACCEPTED else DECLINE if words in DECLINED else ""


def _says_nothing(line: str, most: int) -> bool:
    """Whether a line below the answer is a greeting, a name or an office."""
    if plain(line) in POLITE:
        return True
    words = plain(line).split()
    return len(words) <= most and not DOUBT.intersection(words) and not _word(line)
