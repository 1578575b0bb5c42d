"""What may be written to her: a few fixed sentences, in a few languages.

Whoever reads her telephone over her shoulder reads this. No sentence names a service, a network, violence or a sender;
nobody types anything into one, so nothing can slip in. They are no catalogue, for whoever translates must not be
able to say more.
"""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "call_back": {
        "it": "Ciao, puoi richiamare quando puoi?",
        "en": "Hi, can you call back when you can?",
        "fr": "Salut, tu peux rappeler quand tu peux ?",
        "es": "Hola, ¿puedes llamar cuando puedas?",
    },
    "how_are_you": {
        "it": "Ciao, come va? Ci sentiamo quando vuoi.",
        "en": "Hi, how are you? We can talk whenever you like.",
        "fr": "Salut, comment vas-tu ? On se parle quand tu veux.",
        "es": "Hola, ¿qué tal? Hablamos cuando quieras.",
    },
    "as_agreed": {
        "it": "Ciao, confermo per domani come d'accordo.",
        "en": "Hi, tomorrow is fine, as agreed.",
        "fr": "Salut, c'est bon pour demain, comme convenu.",
        "es": "Hola, mañana como quedamos.",
    },
    "not_tomorrow": {
        "it": "Ciao, domani non riesco. Ci sentiamo quando puoi.",
        "en": "Hi, I can't make it tomorrow. Talk when you can.",
        "fr": "Salut, demain je ne peux pas. On se parle quand tu peux.",
        "es": "Hola, mañana no puedo. Hablamos cuando puedas.",
    },
}
"""By name, then by language."""
LANGUAGES: Mapping[str, str] = {"it": "italiano", "en": "English", "fr": "français", "es": "español"}
SUBJECTS: Mapping[str, str] = {"it": "Ciao", "en": "Hi", "fr": "Salut", "es": "Hola"}
"""Of a mail, which must have one."""
