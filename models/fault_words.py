"""What the check of the trail says, as sentences with places: so that a fault can be said in another language.

A fault keeps its message in English, as `checks_done`, logs and `--json` have it. Here it is taken apart again. A
message that no sentence fits stays as it is.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from procedures.marking import N_

MESSAGES = (
    N_("cannot be read: its key is gone, and no act erased it"),
    N_("cannot be read"),
    N_("the events do not follow from one another"),
    N_("is missing"),
    N_("is not chained to the event before it"),
    N_("is not chained to the act before it"),
    N_("was altered"),
    N_("the end of the trail is missing, or the case's row was altered"),
    N_("the end of the acts is missing, or its row was altered"),
    N_("the kept state cannot be read"),
    N_("the kept state does not follow from the events"),
    N_("the case's row differs in {names}"),
    N_("run {which} is missing"),
    N_("run {which} follows from no event"),
    N_("run {which} differs in {names}"),
    N_("handoff {which} is missing"),
    N_("handoff {which} follows from no event"),
    N_("handoff {which} differs in {names}"),
    N_("its alert is not in the outbox"),
    N_("alert {which} follows from no event"),
    N_("could not be done then ({why})"),
    N_("the kept text of {which} was altered"),
    N_("edition {edition} of the network's file was altered"),
    N_("edition {edition} of the network's file follows from no act"),
    N_("a proposed text of the network's file was altered"),
    N_("the text of the run {which} is missing"),
    N_("a text of the consent {which} was altered"),
    N_("what stands as erased among the cases does not follow from the acts"),
    N_("erased cases have keys again: {count}. Start the house anew"),
    N_("the roles of the account {which} follow from no act"),
    N_("who the account {which} is follows from no act"),
    N_("whether the account {which} is shut follows from no act"),
    N_("the passkeys of the account {which} follow from no act"),
    N_("a sign-in elsewhere of {which} follows from no act"),
    N_("the PIN of {which} follows from no act"),
    N_("a channel of {which} is or is not in use, which follows from no act"),
    N_("the key that checks the roots, root.pub, is not there"),
    N_("the case {which} is missing, though root {root} bound it"),
    N_("is missing, though root {root} bound it: the end was cut, or an older copy put back"),
    N_("is not the one that root {root} bound: it was rewritten, here or before"),
    N_("is missing, though what it bound is kept"),
    N_("was not signed by the key of this house"),
    N_("what it bound is not whole"),
    N_("does not follow from what it bound"),
    N_("its time stamp does not hold: {why}"),
    N_("an anchor kept outside was signed by another key than that of this house now"),
    N_(
        "is missing, though it was told outside: the house ends at root {root}, so an older copy was put back, or "
        "roots were removed"
    ),
    N_("is not the one that was told outside: the house was rewritten, here or before"),
)
FAULTS: Mapping[str, str] = {
    "hash": N_("What is kept of this row is not what was written: its hash does not fit. Somebody changed it."),
    "chain": N_("The chain is broken here: a row was taken out, put in, or moved."),
    "tail": N_("The last rows were taken away, or the place that says which was the last one was changed."),
    "key": N_("The key of this case is gone, though no two people erased it: nobody can read it any more."),
    "unreadable": N_("The row is no event of ours, or what is sealed in it was changed or moved."),
    "replay": N_("One event cannot have happened after those before it: the trail is not as it was written."),
    "state": N_("The state that is kept sealed is another than the one that follows from the events."),
    "case": N_("The row that lists show of this case is not what follows from its events."),
    "run": N_("The row that lists show of this pathway is not what follows from the events."),
    "handoff": N_("The row that lists show of this handoff is not what follows from the events."),
    "delivery": N_("Messages that were sent and events that asked for them do not agree."),
    "act": N_("This act was not possible after those before it: the chain of acts is not as it was written."),
    "text": N_("A text that was kept word for word is not what it was, or is gone."),
    "account": N_("An account, a PIN or a channel is as no act made it: somebody changed it past the house."),
    "erased": N_("What is erased and what the acts about erasing say do not agree."),
    "root": N_("The signed roots over all chains are not whole, or not signed with the key of this house."),
    "rewritten": N_("A chain is another one than a signed root bound: it was rewritten afterwards."),
    "anchor": N_("What was told outside says otherwise: the house was rewritten with its own keys."),
    "stamp": N_("The time stamp of the third party does not hold for what it was given for."),
}
"""What each code of a fault means, for whoever looks at it."""
PREFIX = re.compile(r"([a-z_]+): (.*)", re.DOTALL)
"""The chain, before what a check of the roots says of it."""


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    made = []
    for sentence in MESSAGES:
        parts = re.split(r"(\{\w+\})", sentence)
        said = "".join(f"(?P<{one[1:-1]}>.+?)" if one.startswith("{") else re.escape(one) for one in parts)
        made.append((sentence, re.compile(said, re.DOTALL)))
    return tuple(made)


def taken_apart(message: str) -> tuple[str, str, Mapping[str, str]]:
    """What stands before the sentence (the name of a chain, or nothing), the sentence, and what stands in its places.

    The sentence is the message itself where none is known; then nothing stands in it.
    """
    for before, text in _readings(message):
        for sentence, pattern in _patterns():
            found = pattern.fullmatch(text)
            if found:
                return before, sentence, found.groupdict()
    return "", message, {}


def _readings(message: str) -> list[tuple[str, str]]:
    found = PREFIX.fullmatch(message)
    return [("", message), *([(found[1], found[2])] if found else [])]
