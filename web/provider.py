"""The provider of sign-ins (OpenID Connect), asked as a plain client: where to send a browser, and who came back.

Nothing is asked before somebody begins such a sign-in. Each answer has a bound on its time and its size, no redirect is
followed, and few may ask at once: a provider that is slow must not keep the desk's hands from those who open cases.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from models.identities import Elsewhere
from models.settings_oidc import OidcSettings
from models.settings_values import is_loopback
from web.provider_errors import ProviderAway, ProviderNotBelieved
from web.provider_tokens import Asked, Keys, believed, signing_keys
from web.provider_ways import Way

AT_ONCE = 4
"""So many of the desk's hands may wait for the provider."""
LARGEST = 256 * 1024
"""Bytes of one of its answers."""
KNOWN_FOR = 600
"""Seconds for which what it says of itself, and its keys, are taken as they were."""
KEYS_AGAIN = 30
"""Seconds before its keys are asked for again because a token names one that is not among them."""
SCOPE = "openid"
"""Nothing of her but who she is there: no name, no address."""


@dataclass(frozen=True, slots=True)
class Places:
    """What a provider says of itself, as far as we need it."""

    authorization: str
    token: str
    keys: str
    says_issuer: bool
    """Whether it names itself to the browser that comes back (RFC 9207)."""
    by_form: bool
    """Whether our secret goes into the form, for it takes it no other way."""


class Provider:
    """The one that the settings name."""

    def __init__(
        self,
        settings: OidcSettings,
        secret: str,
        back: str,
        now: Callable[[], float] = time.time,
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        """`back` is where it sends browsers back to; `now` is the wall's time in seconds, `ticking` never goes back."""
        self._settings, self._secret, self._back, self._now, self._ticking = settings, secret, back, now, ticking
        self._issuer, self._client_id = settings.issuer or "", settings.client_id or ""
        self._hands = threading.BoundedSemaphore(AT_ONCE)
        self._places: tuple[float, Places] | None = None
        self._keys: tuple[float, Keys] | None = None

    @property
    def called(self) -> str:
        """What people call it."""
        return self._settings.called

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return self._issuer

    def address(self, way: Way) -> str:
        """Where to send a browser that goes this way.

        Raises:
            ProviderAway, ProviderNotBelieved: nowhere.
        """
        with self._hand(), self._client() as client:
            places = self._known(client)
        more = {"acr_values": self._settings.acr_values} if self._settings.acr_values else {}
        return str(
            prepare_grant_uri(
                places.authorization,
                client_id=self._client_id,
                response_type="code",
                redirect_uri=self._back,
                scope=SCOPE,
                state=way.state,
                nonce=way.nonce,
                code_challenge=create_s256_code_challenge(way.verifier),
                code_challenge_method="S256",
                **more,
            )
        )

    def who(self, code: str, issuer: str, way: Way) -> Elsewhere:
        """Who came back this way with that code; `issuer` is what the address said of where she comes from, if it did.

        Raises:
            ProviderAway, ProviderNotBelieved, ProviderTooWeak: nobody that we believe.
        """
        with self._hand(), self._client() as client:
            places = self._known(client)
            if (issuer or places.says_issuer) and issuer != self._issuer:
                raise ProviderNotBelieved("mix-up")
            token, access = self._token(client, places, code, way)
            keys = self._known_keys(client, places, token)
        asked = Asked(self._issuer, self._client_id, way.nonce, self._settings.accepted)
        subject = believed(token, access, keys, asked, self._now())
        return Elsewhere(self._issuer, subject)

    @contextmanager
    def _hand(self) -> Iterator[None]:
        """One of the few."""
        if not self._hands.acquire(blocking=False):
            raise ProviderAway("busy")
        try:
            yield
        finally:
            self._hands.release()

    def _client(self) -> httpx2.Client:
        """Without proxies and passwords out of the environment: the settings alone say whom we ask."""
        return httpx2.Client(timeout=self._settings.time_out, follow_redirects=False, trust_env=False)

    def _known(self, client: httpx2.Client) -> Places:
        if self._places is None or self._ticking() - self._places[0] > KNOWN_FOR:
            address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            said = self._asked(client, client.build_request("GET", address))
            self._places = (self._ticking(), _places(said, self._issuer))
        return self._places[1]

    def _known_keys(self, client: httpx2.Client, places: Places, token: str) -> Keys:
        kept = self._keys
        age = KNOWN_FOR if kept is None else self._ticking() - kept[0]
        if kept is None or age >= KNOWN_FOR or (age >= KEYS_AGAIN and not kept[1].has_key_of(token)):
            kept = (self._ticking(), signing_keys(self._asked(client, client.build_request("GET", places.keys))))
            self._keys = kept
        return kept[1]

    def _token(self, client: httpx2.Client, places: Places, code: str, way: Way) -> tuple[str, str]:
        """The ID token, and the access token that came with it, which is used for nothing."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": way.verifier,
        }
        by_form = {"client_id": self._client_id, "client_secret": self._secret} if places.by_form else {}
        request = client.build_request("POST", places.token, data={**form, **by_form})
        if not places.by_form:  # RFC 6749, 2.3.1: each is quoted first
            auth = httpx2.BasicAuth(quote_plus(self._client_id), quote_plus(self._secret))
            request = next(auth.auth_flow(request))
        said = self._asked(client, request, refusing="code")
        token, access = said.get("id_token"), said.get("access_token", "")
        if not isinstance(token, str) or not isinstance(access, str):
            raise ProviderNotBelieved("no-token")
        return token, access

    def _asked(self, client: httpx2.Client, request: httpx2.Request, *, refusing: str = "status") -> Mapping[str, Any]:
        """What it answers, as JSON. Nothing of a fault is repeated: a foreign exception holds what was sent."""
        ends = self._ticking() + self._settings.time_out
        try:
            answer = client.send(request, stream=True)
            try:
                status, body = answer.status_code, _read(answer, lambda: self._ticking() > ends)
            finally:
                answer.close()
        except httpx2.TimeoutException:
            raise ProviderAway("slow") from None
        except (httpx2.HTTPError, OSError):
            raise ProviderAway("unreachable") from None
        if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            raise ProviderAway("broken")
        if status != httpx2.codes.OK:
            raise ProviderNotBelieved(refusing)
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            raise ProviderNotBelieved("no-json") from None
        if not isinstance(said, dict):
            raise ProviderNotBelieved("no-json")
        return said


def _read(answer: httpx2.Response, over: Callable[[], bool]) -> bytes:
    body = b""
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise ProviderNotBelieved("too-large")
        if over():
            raise ProviderAway("slow")
    return body


def _places(said: Mapping[str, Any], issuer: str) -> Places:
    """What it says of itself, where it is who we mean (OpenID Connect Discovery 1.0, 4.3) and can do what we need."""
    if said.get("issuer") != issuer:
        raise ProviderNotBelieved("issuer")
    authorization, token, keys = (_place(said.get(name)) for name in PLACES)
    challenges = said.get("code_challenge_methods_supported")
    if challenges is not None and "S256" not in _words(challenges):
        raise ProviderNotBelieved("no-pkce")
    by_form = "client_secret_basic" not in _words(
        said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    )
    says_issuer = said.get("authorization_response_iss_parameter_supported") is True
    return Places(authorization, token, keys, says_issuer, by_form)


PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def _words(said: object) -> list[object]:
    return said if isinstance(said, list) else []


def _place(said: object) -> str:
    if not isinstance(said, str) or not _is_safe(said):
        raise ProviderNotBelieved("places")
    return said


def _is_safe(address: str) -> bool:
    """Whether what is said there is said to nobody else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
