"""`procedures test --live`: each scenario in a house of its own, with real servers for mail, SMS and Prefect."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cli.demo.gateway import SmsGateway
from cli.demo.mailserver import MailServer
from cli.files import read_text
from cli.printing import tell
from cli.scenario_runs import Ran, RanFiles
from cli.speech import _
from flows.rehearsing import Rehearsals
from flows.rehearsing_history import bring_in, prefect_for_a_while
from models.network import sample_network
from notifiers.carriers import Carriers
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
            ran = tuple(one if one.failure else _rehearse(one, rehearsals, network) for one in found.ran)
        left = len(mail.received()) + len(sms.received())
        tell(_("Messages that left in the rehearsals: {count}.").format(count=left))
    return replace(found, ran=ran)


def _rehearse(one: Ran, rehearsals: Rehearsals, network: Path | None) -> Ran:
    scenario = one.scenario
    stage = one.stage
    run = rehearsals.play(scenario, stage.library, _texts(scenario), _network_text(one, network), stage.earlier)
    found = failure(run) or unlike(one.run, run)
    return replace(one, run=run, failure=found) if found else one


def _texts(scenario: Scenario) -> Mapping[str, str]:
    folder = Path(scenario.file).parent
    return texts_of([SHIPPED, *own_pathways(folder), *earlier_files(scenario.given, folder)])


def _network_text(one: Ran, network: Path | None) -> str:
    name = one.scenario.given.network
    if network is None and name == SAMPLE:
        return sample_network()
    return read_text(network or Path(one.scenario.file).parent / name)
