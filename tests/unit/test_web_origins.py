"""To what passkeys are bound, and where the desk demands them: by its own address, by nothing that a request says."""

import pytest

from models.passkeys import Site
from web.origins import origins


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("https://staffetta.example.org", Site("staffetta.example.org", "https://staffetta.example.org")),
        ("https://staffetta.example.org:8443/", Site("staffetta.example.org", "https://staffetta.example.org:8443")),
        ("http://localhost:8480", Site("localhost", "http://localhost:8480")),
        ("http://127.0.0.1:8480", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::7]", None),
        ("http://staffetta.example.org", None),
        (None, None),
    ],
)
def test_passkeys_are_bound_to_a_name_over_tls_or_to_nothing(base_url: str | None, site: Site | None) -> None:
    assert origins(base_url, "127.0.0.1", 8480).site == site


@pytest.mark.parametrize(
    ("base_url", "host", "alone"),
    [
        (None, "127.0.0.1", True),
        ("http://localhost:8480", "0.0.0.0", True),  # noqa: S104  # what people write there
        (None, "0.0.0.0", False),  # noqa: S104  # as above
        ("http://staffetta.example.org", "127.0.0.1", False),
        ("https://staffetta.example.org", "127.0.0.1", False),
        ("http://localhost.example.org", "127.0.0.1", False),
    ],
)
def test_codes_are_enough_only_where_nobody_else_reaches_the_desk(
    base_url: str | None, host: str, *, alone: bool
) -> None:
    assert origins(base_url, host, 8480).on_this_machine is alone
