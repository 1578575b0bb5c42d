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
MOST_LINES = 8
MOST_WORDS = 6
"""Of a line below the answer: a name, an office. A longer one is a sentence, and may be a condition."""
CODE = re.compile(r"(?P<said>.*?)[ ,;:.-]+(?P<code>[2-9A-HJKMNP-TV-Z]{6})[ .]*", re.IGNORECASE)
SENT_FROM = re.compile(r"(inviato d|sent from|get outlook|ottieni outlook|scarica outlook|sent with|sent via)")
"""Left over by the library that takes signatures away."""
RULE = re.compile(r"[-_=*~ ]{2,}")


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
    lines = [line.strip() for line in text.splitlines() if line.strip() and not RULE.fullmatch(line.strip())]
    lines = [line for line in lines if not SENT_FROM.match(plain(line))]
    while lines and plain(lines[0]) in POLITE:
        lines = lines[1:]
    if not lines or len(lines) > MOST_LINES:
        return "", ""
    said, code = lines[0], ""
    found = CODE.fullmatch(said)
    if found is not None and _word(found["said"]):
        said, code = found["said"], found["code"].upper()
    word = _word(said)
    return (word, code) if word and all(_says_nothing(line) for line in lines[1:]) else ("", "")


def _word(line: str) -> str:
    words = plain(line)
    for polite in sorted(POLITE, key=len, reverse=True):
        words = words.removesuffix(f" {polite}").removeprefix(f"{polite} ")
    return ACCEPT if words in ACCEPTED else DECLINE if words in DECLINED else ""


def _says_nothing(line: str) -> bool:
    """Whether a line below the answer is a greeting, a name or an office."""
    if plain(line) in POLITE:
        return True
    words = plain(line).split()
    return len(words) <= MOST_WORDS and not DOUBT.intersection(words) and not {"1", "2"}.intersection(words)
