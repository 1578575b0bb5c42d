"""What a provider says of somebody (the ID token), and whether it is believed (OpenID Connect Core 1.0, 3.1.3.7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from models.identities import LONGEST_SUBJECT
from web.provider_errors import ProviderNotBelieved, ProviderTooWeak

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signed with a key of which we have the public half alone: never `none`, and never our own secret."""
LEEWAY = 30
"""Seconds by which the provider's clock may be early or late."""
YOUNG = 300
"""Seconds. An older token was not made for this sign-in."""
LONGEST_TOKEN = 16 * 1024


@dataclass(frozen=True)
class Keys:
    """The public keys of a provider."""

    keys: KeySet

    def has_key_of(self, token: str) -> bool:
        """Whether the key that the token names is among them; a token that names none is checked with what there is."""
        try:
            named = jws.extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError, TypeError):
            return True
        return named is None or any(one.kid == named for one in self.keys.keys)


def signing_keys(said: Mapping[str, Any]) -> Keys:
    """The keys that a provider publishes, without those that are not for signatures. Raises ProviderNotBelieved."""
    found = said.get("keys")
    if not isinstance(found, list) or not found:
        raise ProviderNotBelieved("keys")
    signing = [
        one for one in found if isinstance(one, dict) and one.get("use", "sig") == "sig" and one.get("kty") != "oct"
    ]
    try:
        return Keys(KeySet.import_key_set({"keys": signing}))
    except Exception:  # noqa: BLE001  # the reader raises what it likes, and says what was in them
        raise ProviderNotBelieved("keys") from None


@dataclass(frozen=True)
class Asked:
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str
    accepted: Collection[str]
    """The values of `acr` of which one is needed; empty: none is."""


def believed(token: str, access: str, keys: Keys, asked: Asked, now: float) -> str:
    """The subject, where everything holds: signature, issuer, audience, times, nonce, and the strength asked for.

    `access` came with the token, `now` is in seconds. Raises ProviderNotBelieved, ProviderTooWeak.
    """
    if len(token) > LONGEST_TOKEN:
        raise ProviderNotBelieved("too-large")
    try:
        read = jwt.decode(token, keys.keys, algorithms=list(ALGORITHMS))
    except Exception:  # noqa: BLE001  # whatever the token makes its reader stumble over, it proves nothing
        raise ProviderNotBelieved("signature") from None
    claims = _checked(read, access, asked, now)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isascii():
        raise ProviderNotBelieved("subject")
    strength = claims.get("acr")
    if asked.accepted and not (isinstance(strength, str) and strength in asked.accepted):
        raise ProviderTooWeak("acr")
    return subject


def _checked(read: jwt.Token, access: str, asked: Asked, now: float) -> Mapping[str, Any]:
    claims = dict(read.claims)
    # One by one and exactly: a library's idea of a fitting issuer or audience may be wider than ours.
    for name, meant in (("iss", asked.issuer), ("nonce", asked.nonce)):
        if claims.get(name) != meant:
            raise ProviderNotBelieved(name)
    if claims.get("aud") not in (asked.client_id, [asked.client_id]):
        raise ProviderNotBelieved("audience")
    params = {"nonce": asked.nonce, "client_id": asked.client_id, "access_token": access}
    try:
        CodeIDToken(claims, read.header, params=params).validate(now=int(now), leeway=LEEWAY)
    except Exception:  # noqa: BLE001  # the same
        raise ProviderNotBelieved("claims") from None
    if now - float(claims["iat"]) > YOUNG:
        raise ProviderNotBelieved("old")
    return claims
