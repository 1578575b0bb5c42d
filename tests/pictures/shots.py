"""Which pictures are taken: each page of the desk once at least, the important ones narrow and dark as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from playwright.sync_api import Page

from tests.pictures import acts
from tests.pictures.stage import BROKEN, Stage

DESK, PHONE = 1280, 360
Act = Callable[[Page, Stage], None]


class On(StrEnum):
    """On which stage a picture is taken."""

    AT_WORK = "at work"
    EMPTY = "empty"
    ONE = "one case"
    MANY = "many cases"


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    route: str
    """The page, as the desk's routes write it; `{code}` is that of `case`, other places are those of the stage."""
    says: str
    """Its caption."""
    who: str = "operator"
    """Who is signed in, of `stage.WHO`; nobody where it is empty."""
    case: str = "work"
    act: Act | None = None
    """What is done on the page before."""
    on: On = On.AT_WORK
    width: int = DESK
    dark: bool = False
    language: str = "it"
    chosen: bool = False
    """Whether it stands in docs/pictures."""
    whole: bool = True
    """The whole page; else what the window shows."""


def on_a_phone(shot: Shot, **changes: object) -> Shot:
    """The same page in a hand."""
    return _also(shot, "phone", {"width": PHONE, **changes})


def in_the_dark(shot: Shot, **changes: object) -> Shot:
    """The same page, dark."""
    return _also(shot, "dark", {"dark": True, **changes})


def _also(shot: Shot, how: str, changes: dict[str, object]) -> Shot:
    kept = {name: getattr(shot, name) for name in shot.__dataclass_fields__} | {"chosen": False}
    return Shot(**(kept | {"name": f"{shot.name}-{how}"} | changes))


BOARD = Shot("board", "/", "The board: what has least time left stands first.", chosen=True)
CASE = Shot("case", "/cases/{code}", "A case: what waits for whom, and until when.", chosen=True)
NEW = Shot("case-new", "/cases/new", "Opening a case: facts, consents, and nothing that needs a name.", chosen=True)
INBOX = Shot("inbox", "/inbox", "What is asked of a service.", who="service")
ANSWER = Shot(
    "inbox-answer", "/inbox/{inbox}", "One thing asked: taken with a tap, or declined with a reason.", who="service"
)
LINK = Shot("link", "/h/{token}", "Behind the link of a message: its code is asked for first.", who="")
ASKED = Shot("link-asked", "/h/{token}", "Behind the link: what is asked, and two answers.", who="", act=acts.give_code)
COORDINATION = Shot("coordination", "/coordination", "The coordinator's room.", who="coordinator", chosen=True)
NETWORK = Shot("network", "/network", "The network: who answers for what.", who="coordinator")
AUDIT_CASE = Shot("audit-case", "/audit/cases/{code}", "A case as an auditor reads it.", who="auditor")
SIGN_IN = Shot("sign-in", "/sign-in", "Signing in.", who="")

AT_WORK: Sequence[Shot] = (
    *(BOARD, on_a_phone(BOARD, chosen=True), in_the_dark(BOARD, chosen=True)),
    Shot("board-everything", "/", "The board for somebody who holds every role.", who="everything"),
    Shot("board-english", "/", "The board in English.", language="en"),
    Shot("board-everything-phone", "/", "The same on a telephone.", who="everything", width=PHONE),
    *(NEW, on_a_phone(NEW), in_the_dark(NEW)),
    Shot("case-new-refused", "/cases/new", "A form that is refused says what is missing.", act=acts.send_empty),
    Shot("case-new-screens", "/cases/new", "The danger screened: DA-5 and DASH score themselves.", act=acts.screen),
    Shot("who-now", "/who-now", "Who would be called, before anything is sent.", act=acts.ask_who),
    *(CASE, on_a_phone(CASE, chosen=True), in_the_dark(CASE)),
    Shot("case-late", "/cases/{code}", "A case that stands before the coordinator.", case="late", who="coordinator"),
    Shot("case-consent", "/cases/{code}", "A case in which something waits for her consent.", case="unconsented"),
    Shot("case-drill", "/cases/{code}", "A drill.", case="drill"),
    Shot("case-forms", "/cases/{code}", "The same case with every form open.", act=acts.open_all),
    Shot("case-who", "/cases/{code}/who-now", "Who is asked in this case."),
    Shot("case-handoff", "/cases/{code}/handoffs/{handoff}", "Answering for a service that telephones."),
    Shot("case-ways", "/cases/{code}/ways", "Where the pathways of this case can still go."),
    Shot("case-anew", "/cases/{code}/anew/{run}/{step}", "Deciding a step anew."),
    Shot("cases-ended", "/cases", "Closed cases.", who="coordinator"),
    Shot("handover", "/handover", "The sheet for the next shift.", who="coordinator"),
    Shot("handover-paper", "/handover", "The same on paper.", who="coordinator", act=acts.on_paper, chosen=True),
    Shot("case-paper", "/cases/{code}", "A case on paper.", act=acts.on_paper),
    Shot("find", "/find", "Finding a case by a telephone number."),
    Shot("glass", "/glass", "Breaking the glass in an emergency."),
    Shot("own-work", "/network-work", "The network's own work.", who="coordinator"),
    *(INBOX, on_a_phone(INBOX, chosen=True), in_the_dark(INBOX)),
    *(ANSWER, on_a_phone(ANSWER)),
    *(on_a_phone(LINK), on_a_phone(ASKED, name="link-asked-phone", chosen=True)),
    Shot("link-unknown", "/h/{nothing}", "A link that is not ours.", who="", width=PHONE),
    *(COORDINATION, on_a_phone(COORDINATION)),
    Shot("reviews", "/reviews", "Done without her consent, to be reviewed.", who="coordinator"),
    Shot("erasures", "/erasures", "Erasing cases.", who="coordinator"),
    *(NETWORK, on_a_phone(NETWORK), in_the_dark(NETWORK)),
    Shot("rotas", "/network/rotas", "Turns of duty.", who="coordinator", chosen=True),
    Shot("rotas-phone", "/network/rotas", "Turns of duty on a telephone.", who="coordinator", width=PHONE),
    Shot("proposals", "/network/proposals", "A new edition of the network.", who="coordinator"),
    Shot("proposal", "/network/proposals/{number}", "What a new edition changes.", who="coordinator"),
    Shot("procedures", "/procedures", "Procedures."),
    Shot("procedure", "/procedures/{name}", "A procedure, drawn and in words."),
    Shot("edition", "/procedures/{name}/editions/{edition}", "An edition beside the one in force.", who="coordinator"),
    Shot("moving", "/procedures/{name}/moving", "Moving running cases to another edition.", who="coordinator"),
    Shot("audit", "/audit", "The auditor's room.", who="auditor", chosen=True),
    Shot("audit-help", "/audit/help", "How to read it.", who="auditor"),
    Shot("audit-cases", "/audit/cases", "Finding a case.", who="auditor"),
    *(AUDIT_CASE, on_a_phone(AUDIT_CASE)),
    Shot("audit-lanes", "/audit/cases/{code}/lanes", "Who had the baton when.", who="auditor"),
    Shot("audit-verify", "/audit/verify", "Checking the trail.", who="auditor"),
    Shot("audit-samples", "/audit/samples", "Samples to inspect.", who="auditor"),
    Shot("audit-sample", "/audit/samples/{sample}", "A sample.", who="auditor"),
    Shot("audit-reads", "/audit/reads", "Who looked.", who="auditor"),
    Shot("people", "/people", "Accounts.", who="administrator"),
    Shot("people-phone", "/people", "Accounts on a telephone.", who="administrator", width=PHONE),
    Shot("pins", "/pins", "PINs.", who="administrator"),
    Shot("account", "/account", "One's own account."),
    Shot("status", "/status", "How the house is.", who="operator"),
    *(SIGN_IN, on_a_phone(SIGN_IN), in_the_dark(SIGN_IN)),
    Shot("second-factor", "/sign-in/code", "The second factor.", who="", act=acts.give_password),
    Shot("join", "/join/{invitation}", "Setting a password by invitation.", who=""),
    Shot("error-404", "/nothing-here", "There is no such page."),
    Shot("error-500", BROKEN, "Something broke."),
)
WITHOUT: Sequence[Shot] = (
    Shot("board-0", "/", "No case is open.", on=On.EMPTY),
    Shot("board-0-phone", "/", "No case is open, on a telephone.", on=On.EMPTY, width=PHONE),
    Shot("inbox-0", "/inbox", "Nothing is asked.", on=On.EMPTY, who="service", width=PHONE),
    Shot("coordination-0", "/coordination", "Nothing is late.", on=On.EMPTY, who="coordinator"),
    Shot("audit-0", "/audit", "Nothing to audit.", on=On.EMPTY, who="auditor"),
    Shot("cases-ended-0", "/cases", "No case is closed.", on=On.EMPTY, who="coordinator"),
    Shot("own-work-0", "/network-work", "No work of the network's own is open.", on=On.EMPTY, who="coordinator"),
    Shot("reviews-0", "/reviews", "Nothing to review.", on=On.EMPTY, who="coordinator"),
)
OTHERS: Sequence[Shot] = (
    Shot("channels", "/channels", "Her channels: each can be tested, and says when it last worked.", who="service"),
    Shot("channels-phone", "/channels", "The same, in a hand.", who="service", width=PHONE),
    Shot("turns", "/turns", "Her turns, when she is away, and a calendar for her own program.", who="service"),
    Shot("board-1", "/", "One open case.", on=On.ONE),
    Shot("board-many", "/", "Many open cases.", on=On.MANY),
    Shot("board-many-phone", "/", "Many open cases, on a telephone.", on=On.MANY, width=PHONE),
)
SHOTS: Sequence[Shot] = (*AT_WORK, *WITHOUT, *OTHERS)

NOT_PAGES = {
    "/livez": "for machines",
    "/readyz": "for machines",
    "/metrics": "for machines",
    "/heartbeat": "for machines",
    "/board": "a part of the board, which refreshes itself",
    "/cases/{code}/live": "a part of the case, which refreshes itself",
    "/audit/verify/live": "a part of the page that verifies",
    "/board/news": "what changed, for a board that is open",
    "/channels/live": "a part of her channels, which refreshes itself",
    "/calendar/{name}": "a calendar, for a program that shows one",
    "/procedures/{name}.svg": "the drawing that stands on the procedure's page",
    "/network/network.yaml": "a file to keep",
    "/network/network.xlsx": "a file to keep",
    "/sign-in/provider": "leads away, to a provider",
    "/sign-in/provider/back": "comes back from a provider",
    "/account/provider": "leads away, to a provider",
}
"""What can be fetched and is no page to look at, with the reason."""
