"""Codes of the trail as words."""

from cli.speech import _
from procedures.marking import N_

WORDS = (
    N_("request"), N_("reminder"), N_("deputy"), N_("coordinator"), N_("watch"), N_("tell"), N_("result link"),
    N_("first sign late"), N_("overdue"), N_("withdrawn"), N_("taken by other"), N_("word taken"), N_("word declined"),
    N_("word asked back"),
    N_("word expired"), N_("word overdue"), N_("word completed"), N_("word cancelled"), N_("limit over"),
    N_("consent needed"), N_("her wish"), N_("opened by mistake"), N_("moved away"), N_("helped elsewhere"),
    N_("consent revoked"), N_("drill over"), N_("full"), N_("not competent"), N_("no staff"), N_("conflict"),
    N_("other"), N_("not applicable"), N_("needs cannot be met"), N_("consent refused"), N_("service"),
    N_("next service"), N_("accept"), N_("first sign"), N_("complete"), N_("requested"), N_("alerted"),
    N_("acknowledged"), N_("accepted"), N_("completed"), N_("declined"), N_("expired"), N_("cancelled"), N_("failed"),
    N_("uncertain"), N_("accept handoff"), N_("decline handoff"), N_("complete handoff"), N_("acknowledge handoff"),
    N_("note first sign"), N_("renew link"), N_("done"), N_("delivered"), N_("ended"), N_("running"), N_("open"),
    N_("closed"), N_("given"), N_("refused"), N_("revoked"), N_("limit passed"), N_("limit moved"),
    N_("longer time asked"), N_("lapsed"), N_("word lapsed"), N_("pathway late"), N_("glass broken"), N_("many tries"),
    N_("time over"), N_("extend limit"), N_("ask back"), N_("give to colleague"), N_("remind handoff"),
    N_("imminent danger"), N_("only chance"), N_("ordered"), N_("no contact"), N_("at most"),
    N_("until"), N_("while"), N_("decided anew"), N_("appeal"), N_("reconsidered"), N_("new facts"),
    N_("recorded wrongly"), N_("new incident"), N_("ended by mistake"),
    N_("new assessment"), N_("she said"), N_("service said"), N_("something happened"), N_("written wrongly"),
    N_("result"),
    N_("signal came"), N_("signal"), N_("no signal"),
    N_("consent ends"), N_("pick needed"), N_("paused"), N_("second person"),
    N_("wrong pins"), N_("confirm needed"), N_("notice returned"), N_("false answer"),
    N_("test"), N_("echo taken"), N_("echo claimed"), N_("echo declined"),
    N_("echo work"), N_("echo coordinator"),
)  # fmt: skip
"""Codes of the trail in spaced words. A pathway's own results that are not here are shown as they are written."""


def spaced(code: str) -> str:
    """A code of the trail as words."""
    return _(code.replace("_", " "))
