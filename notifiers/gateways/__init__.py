"""Drivers of SMS providers, by the word that the url of the carrier names: `staffetta-sms://…&gateway=aruba`.

**Written from the public documentation of each, and never run against the live service**: no account was at hand. They
are kept to that documentation by servers on loopback (`tests/contract/test_gateways.py`). Without `gateway` the carrier
speaks the house's own form (`notifiers.sms`), which is written for a bridge.
"""

from collections.abc import Mapping

from notifiers.gateways.aruba import ARUBA, SKEBBY
from notifiers.gateways.form import Gateway
from notifiers.gateways.gatewayapi import GATEWAYAPI
from notifiers.gateways.sinch import SINCH
from notifiers.gateways.vonage import VONAGE

GATEWAYS: Mapping[str, Gateway] = {
    "aruba": ARUBA,
    "gatewayapi": GATEWAYAPI,
    "sinch": SINCH,
    "skebby": SKEBBY,
    "vonage": VONAGE,
}
