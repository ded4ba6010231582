"""Where a graph on a server is reached, and who may change it there: addresses, and what the environment says of credentials."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urldefrag, urlsplit

from kg.errors import StoreError
from kg.terms import UNUSABLE, is_web_address

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
TIMEOUT: Final = 300.0


@dataclass(frozen=True, slots=True)
class Address:
    """The addresses of a server.

    Attributes
    ----------
    query : str
        Where queries go (SPARQL 1.1 Protocol).
    update, graphs : str
        Where updates go, and whole graphs (Graph Store HTTP Protocol); empty where nothing is written, or written by updates alone.
    base : str
        The base of the dossier that is meant, on a server that holds several; empty for the only one there.
    """

    query: str
    update: str = ""
    graphs: str = ""
    base: str = ""

    def __str__(self) -> str:
        return self.query

    @classmethod
    def parse(cls, text: str, update: str = "", graphs: str = "") -> Address:
        """An address from `https://host/sparql` or `https://host/sparql#BASE`.

        Raises
        ------
        StoreError
            If one of them is no http(s) address, or has a user or password in it.
        """
        query, base = urldefrag(text)
        for url in filter(None, (query, update, graphs)):
            try:
                parts = urlsplit(url)
                usable = is_web_address(url) and bool(parts.hostname) and (parts.port is None or parts.port > 0)
            except ValueError:
                usable = False
            if not usable or UNUSABLE.search(url) or not url.isascii():
                raise StoreError(f"this is no address of a server: {url[:200]!r}", hint="https://host/sparql")
            if parts.username or parts.password:
                raise StoreError("an address holds no password", hint="set KG_STORE_USER and KG_STORE_PASSWORD instead")
        return cls(query, update, graphs, base)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks, and how patiently.

    Attributes
    ----------
    user, password : str
        For Basic and Digest authentication; the password is left out of the `repr`.
    token : str
        Sent as a bearer token instead.
    insecure : bool
        Whether a password or token may go to another machine in plain text.
    timeout : float
        Seconds without a sign of the server after which a request counts as lost.
    attempts : int
        How often a request is sent before giving up.
    pause : float
        Seconds before the second attempt; they double each time.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    insecure: bool = False
    timeout: float = TIMEOUT
    attempts: int = 5
    pause: float = 0.5

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Credentials:
        """What `KG_STORE_USER`, `KG_STORE_PASSWORD`, `KG_STORE_TOKEN`, `KG_STORE_TIMEOUT` and `KG_STORE_INSECURE` say.

        Raises
        ------
        StoreError
            If they do not go together, or the time is no number of seconds.
        """
        user, password = environ.get("KG_STORE_USER", ""), environ.get("KG_STORE_PASSWORD", "")
        token = environ.get("KG_STORE_TOKEN", "")
        if bool(user) != bool(password):
            raise StoreError("KG_STORE_USER and KG_STORE_PASSWORD go together", hint="set both or neither")
        if token and user:
            raise StoreError("KG_STORE_TOKEN and KG_STORE_USER exclude each other", hint="set one of them")
        if any(ord(char) < 32 or ord(char) == 127 for char in user + password + token) or not token.isascii():
            raise StoreError("a user, password or token has a character that no request can carry", hint="is there a line end in it?")
        try:
            timeout = float(environ.get("KG_STORE_TIMEOUT") or TIMEOUT)
            if not 0 < timeout <= 86400:
                raise ValueError
        except ValueError:
            raise StoreError("KG_STORE_TIMEOUT is no number of seconds", hint="e.g. 300") from None
        return cls(user, password, token, environ.get("KG_STORE_INSECURE", "") not in ("", "0"), timeout)


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what has to be the same for credentials to be sent again."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").casefold(), parts.port or (443 if parts.scheme == "https" else 80)
