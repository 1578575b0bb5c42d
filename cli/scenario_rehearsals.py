"""`procedures test --live`: each scenario in a house of its own, with real servers for mail, SMS and Prefect."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cli.demo.gateway import SmsGateway
from cli.demo.mailserver import MailServer
from cli.files import read_text
from cli.printing import tell
from cli.scenario_runs import Ran, RanFiles
from cli.speech import _
from flows.rehearsing import Rehearsals
from flows.rehearsing_history import LOG, bring_in, prefect_for_a_while
from models.network import sample_network
from notifiers.carriers import Carriers
from procedures.folders import facts_beside
from procedures.loading import SHIPPED, texts_of
from procedures.scenario.differing import failure, unlike
from procedures.scenario.earlier import earlier_files
from procedures.scenario.files import own_pathways
from procedures.scenario.language import SAMPLE, Scenario


def rehearsed(found: RanFiles, network: Path | None) -> RanFiles:
    """The same, with what real houses made of every scenario that passed: it must be what the rules made of it.

    Raises:
        NoHistory: Prefect did not come up.
        BrokenTrail: a house left a trail that does not verify.
    """
    with tempfile.TemporaryDirectory() as made, MailServer.start() as mail, SmsGateway.start() as sms:
        folder = Path(made)
        urls = {"email": mail.url, "sms": sms.url}
        settings = "".join(f'[carriers.{kind}]\nurl = "{url}"\n' for kind, url in urls.items())
        tell(_("Prefect is starting; this takes some seconds."))
        with (
            prefect_for_a_while(folder / "history"),
            Rehearsals(folder, settings, Carriers(urls), bring_in) as rehearsals,
        ):
            with _kept_where_it_breaks(folder / "history" / LOG):
                ran = tuple(one if one.failure else _rehearse(one, rehearsals, network) for one in found.ran)
            if any(one.failure and not before.failure for one, before in zip(ran, found.ran, strict=True)):
                _keep(folder / "history" / LOG)
        left = len(mail.received()) + len(sms.received())
        tell(_("Messages that left in the rehearsals: {count}.").format(count=left))
    return replace(found, ran=ran)


@contextmanager
def _kept_where_it_breaks(log: Path) -> Iterator[None]:
    try:
        yield
    except Exception:  # whatever it was goes on: its log must be saved from a folder that is thrown away
        _keep(log)
        raise


def _keep(log: Path) -> None:
    """Save what Prefect said from the folder that is thrown away, and say where it is."""
    if log.exists():
        number, kept = tempfile.mkstemp(prefix="staffetta-rehearsal-", suffix=".log")
        with os.fdopen(number, "wb") as file:
            file.write(log.read_bytes())
        tell(_("What Prefect said meanwhile: {file}").format(file=kept))


def _rehearse(one: Ran, rehearsals: Rehearsals, network: Path | None) -> Ran:
    scenario = one.scenario
    stage = one.stage
    run = rehearsals.play(scenario, stage.library, _texts(scenario), _network_text(one, network), stage.earlier)
    found = failure(run) or unlike(one.run, run)
    return replace(one, run=run, failure=found) if found else one


def _texts(scenario: Scenario) -> Mapping[str, str]:
    folder = Path(scenario.file).parent
    facts = {path.name: read_text(path) for path in facts_beside(own_pathways(folder))}
    return {**texts_of([SHIPPED, *own_pathways(folder), *earlier_files(scenario.given, folder)]), **facts}


def _network_text(one: Ran, network: Path | None) -> str:
    name = one.scenario.given.network
    if network is None and name == SAMPLE:
        return sample_network()
    return read_text(network or Path(one.scenario.file).parent / name)
