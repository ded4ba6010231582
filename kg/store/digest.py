"""Digest authentication (RFC 7616), which Virtuoso asks for: the password itself never goes over the wire."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

HASHES: Final = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_PAIR: Final = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


@dataclass(slots=True)
class Challenge:
    """What a server wants hashed together with the password. It answers any number of requests, each counted."""

    realm: str
    nonce: str
    opaque: str | None
    algorithm: str
    qop: bool
    count: int = field(default=0)

    @classmethod
    def parse(cls, header: str) -> Challenge | None:
        """The challenge in a `WWW-Authenticate` header, or None where it is none that can be answered."""
        scheme, _, rest = header.strip().partition(" ")
        if scheme.casefold() != "digest":
            return None
        given = {name.casefold(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for name, quoted, bare in _PAIR.findall(rest)}
        algorithm = given.get("algorithm", "MD5")
        offered = [part.strip().casefold() for part in given.get("qop", "").split(",") if part.strip()]
        if algorithm.upper().removesuffix("-SESS") not in ("MD5", "SHA-256") or "nonce" not in given or (offered and "auth" not in offered):
            return None
        return cls(given.get("realm", ""), given["nonce"], given.get("opaque"), algorithm, bool(offered))

    def answer(self, user: str, password: str, method: str, target: str, cnonce: str | None = None) -> str:
        """The `Authorization` header for a request.

        Parameters
        ----------
        target : str
            Path and query of the address, as they stand in the request line.
        cnonce : str, optional
            The client's own random part; fixed only in tests.
        """
        self.count += 1
        name = self.algorithm.upper()
        algorithm = HASHES[name.removesuffix("-SESS")]

        def digest(*parts: str) -> str:
            return str(algorithm(":".join(parts).encode(), usedforsecurity=False).hexdigest())

        own = cnonce or secrets.token_hex(8)
        counted = f"{self.count:08x}"
        secret = digest(user, self.realm, password)
        if name.endswith("-SESS"):
            secret = digest(secret, self.nonce, own)
        request = digest(method, target)
        middle = (self.nonce, counted, own, "auth") if self.qop else (self.nonce,)
        fields = [
            ("username", user),
            ("realm", self.realm),
            ("nonce", self.nonce),
            ("uri", target),
            ("response", digest(secret, *middle, request)),
        ]
        if self.opaque is not None:
            fields.append(("opaque", self.opaque))
        if self.qop or name.endswith("-SESS"):
            fields.append(("cnonce", own))
        quoted = [f'{key}="{_escape(value)}"' for key, value in fields]
        plain = [f"algorithm={self.algorithm}", *(["qop=auth", f"nc={counted}"] if self.qop else [])]
        return "Digest " + ", ".join([*quoted, *plain])


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
