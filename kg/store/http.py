"""Requests to a SPARQL server: patience with it, credentials for it alone, and its own words where it refuses.

Over urllib3, which keeps connections open, checks certificates and unpacks gzip. Redirects are followed only within the same server,
since they would take a password to another.
"""

from __future__ import annotations

import base64
import email.utils
import http.client
import re
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from kg.errors import QueryError, StoreError
from kg.store.access import Credentials, is_loopback, origin
from kg.store.digest import Challenge

BUSY: Final = frozenset((429, 503))
"""The request was not taken; it can be sent again, whatever it was."""
LOST: Final = frozenset((502, 504))
"""Something between did not get an answer; the request may have been carried out."""
LONGEST_PAUSE: Final = 60.0
LARGEST: Final = 2 << 30
"""Bytes of an answer, unpacked; a larger one is refused."""
SLOWEST: Final = 1000
"""Bytes a second; an answer that comes more slowly for as long as the time-out counts as lost."""
REDIRECTS: Final = 3


@dataclass(slots=True)
class Answer:
    """A whole response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """The media type, in lower case and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().casefold()


class Client:
    """Sends requests and gives back whole answers.

    Parameters
    ----------
    credentials : Credentials
        Who asks.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._challenges: dict[tuple[str, str], Challenge] = {}
        self._basic: set[tuple[str, str, int]] = set()
        self._pools: dict[str, urllib3.PoolManager] = {}
        self.server = ""
        """The name that the server gives itself in its last answer."""

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        repeatable: bool = True,
        timeout: float | None = None,
    ) -> Answer:
        """Send a request until an answer comes that is worth having.

        Parameters
        ----------
        repeatable : bool
            Whether the request may be carried out twice; if not, it is sent again only where the server surely has not taken it.
        timeout : float, optional
            Seconds without a sign of the server; by default those of the credentials.

        Returns
        -------
        Answer
            Its status is below 400, or 404.

        Raises
        ------
        QueryError
            With the server's words, if it refuses the request (400) or fails on it (500).
        StoreError
            If the server cannot be reached, does not answer in time, wants other credentials, or sends elsewhere.
        """
        attempts = self._credentials.attempts
        wait = self._credentials.timeout if timeout is None else timeout
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            pause = self._credentials.pause * 2 ** (attempt - 1)
            try:
                answer = self._authorized(method, url, body, headers or {}, wait)
            except (NewConnectionError, ConnectTimeoutError, ProxyError) as error:
                if last:
                    raise _unreachable(url, error) from error
            except SSLError as error:
                raise StoreError(
                    f"the connection to {_host(url)} is not safe: {_words(str(error))}", hint="check its certificate"
                ) from error
            except ReadTimeoutError as error:
                raise StoreError(f"{_host(url)} did not answer within {wait:g} s", hint="KG_STORE_TIMEOUT gives it longer") from error
            except LocationParseError as error:
                raise StoreError(f"this is no address of a server: {url[:200]!r}") from error
            except (ProtocolError, DecodeError, HTTPError, http.client.HTTPException, OSError) as error:
                if last or not repeatable:
                    raise StoreError(f"{_host(url)} broke the connection off: {_words(str(error))}", hint="try again") from error
            else:
                if answer.status not in BUSY and not (answer.status in LOST and repeatable):
                    return self._usable(url, answer)
                if last:
                    raise _failed(url, answer)
                pause = max(pause, _asked_pause(answer.headers.get("retry-after", "")))
            time.sleep(min(pause, LONGEST_PAUSE))
        raise AssertionError("unreachable")

    def _usable(self, url: str, answer: Answer) -> Answer:
        if answer.status < 400 or answer.status == 404:
            return answer
        if answer.status in (401, 403, 407):
            given = self._credentials.user or self._credentials.token
            said = "refuses these credentials" if given else "wants to know who asks"
            hint = (
                "set KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN"
                if not given
                else "check KG_STORE_USER and KG_STORE_PASSWORD or KG_STORE_TOKEN"
            )
            raise StoreError(f"{_host(url)} {said} ({answer.status})", hint=hint)
        raise _failed(url, answer)

    def _authorized(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], wait: float) -> Answer:
        for _ in range(REDIRECTS + 1):
            answer = self._once(method, url, body, {**headers, **self._authorization(method, url)}, wait)
            if answer.status == 401 and self._learn(url, answer):
                answer = self._once(method, url, body, {**headers, **self._authorization(method, url)}, wait)
            where = answer.headers.get("location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not where:
                return answer
            target = urljoin(url, where)
            if origin(target) != origin(url) or answer.status == 303:
                raise StoreError(f"{_host(url)} sends to another address: {_words(target)}", hint="if that is right, name that address")
            url = target
        raise StoreError(f"{_host(url)} sends from one address to the next without end")

    def _learn(self, url: str, answer: Answer) -> bool:
        """Take note of how a server wants to be told who asks; whether that can be done and was not done before."""
        if not self._credentials.user:
            return False
        wanted = answer.headers.get("www-authenticate", "")
        schemes = re.split(r",\s*(?=(?:Digest|Basic|Bearer|Negotiate)\b)", wanted, flags=re.IGNORECASE)
        where = _place(url)
        for challenge in filter(None, map(Challenge.parse, schemes)):
            known = self._challenges.get(where)
            self._challenges[where] = challenge
            return known is None or known.nonce != challenge.nonce
        if any(scheme.strip().casefold().startswith("basic") for scheme in schemes) and origin(url) not in self._basic:
            self._safe(url)
            self._basic.add(origin(url))
            return True
        return False

    def _authorization(self, method: str, url: str) -> dict[str, str]:
        who = self._credentials
        if who.token:
            self._safe(url)
            return {"Authorization": f"Bearer {who.token}"}
        if challenge := self._challenges.get(_place(url)):
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            return {"Authorization": challenge.answer(who.user, who.password, method, target)}
        if origin(url) in self._basic:
            return {"Authorization": "Basic " + base64.b64encode(f"{who.user}:{who.password}".encode()).decode()}
        return {}

    def _safe(self, url: str) -> None:
        if urlsplit(url).scheme != "https" and not is_loopback(url) and not self._credentials.insecure:
            raise StoreError(
                f"{_host(url)} would get a password in plain text", hint="use https, or set KG_STORE_INSECURE=1 within your own network"
            )

    def _once(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], wait: float) -> Answer:
        given = {"Accept-Encoding": "gzip", "User-Agent": "kg", **headers}
        response = self._pool(url).request(
            method,
            url,
            body=body,
            headers=given,
            timeout=urllib3.Timeout(connect=min(wait, 20.0), read=wait),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            parts: list[bytes] = []
            start, size = time.monotonic(), 0
            for part in response.stream(1 << 16, decode_content=True):
                parts.append(part)
                size += len(part)
                if size > LARGEST:
                    raise StoreError(f"{_host(url)} answers with more than {LARGEST >> 30} GB", hint="ask for a part of it")
                spent = time.monotonic() - start
                if spent > wait and size < SLOWEST * spent:
                    raise StoreError(
                        f"{_host(url)} answers too slowly: {size:,} bytes in {spent:.0f} s", hint="KG_STORE_TIMEOUT gives it longer"
                    )
        except BaseException:
            response.close()
            raise
        response.release_conn()
        answer = Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, b"".join(parts))
        self.server = answer.headers.get("server", self.server)
        return answer

    def _pool(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxy = urllib.request.getproxies().get(parts.scheme, "")
        if is_loopback(url) or (proxy and urllib.request.proxy_bypass(parts.hostname or "")):
            proxy = ""
        if proxy not in self._pools:
            self._pools[proxy] = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
        return self._pools[proxy]

    def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            pool.clear()


def words(answer: Answer) -> str:
    """What a server says in an error, as one line: tags, the echo of the request and control characters left out."""
    text = answer.body[:20000].decode("utf-8", "replace")
    if answer.type == "text/html" or text.lstrip()[:1] == "<":
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        inner = re.sub(r"<(script|style|head)\b.*?</\1>", " ", text, flags=re.IGNORECASE | re.DOTALL)
        inner = re.sub(r"<[^>]*>", " ", inner).strip()
        text = inner or (title[1] if title else "")
    return _words(re.split(r"SPARQL query:", text, maxsplit=1)[0])


def _words(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(plain.split())
    return line if len(line) <= 300 else line[:299] + "…"


def _failed(url: str, answer: Answer) -> QueryError | StoreError:
    said = words(answer) or http.client.responses.get(answer.status, "nothing")
    message = f"{_host(url)} answers {answer.status}: {said}"
    return QueryError(message) if answer.status in (400, 500) else StoreError(message)


def _unreachable(url: str, error: Exception) -> StoreError:
    inner = re.sub(r"^.*(Failed to (?:establish a new connection|resolve)[^:]*): ?", "", str(error))
    return StoreError(f"{_host(url)} cannot be reached: {_words(inner)}", hint="is the address right, and the server up?")


def _asked_pause(text: str) -> float:
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0.0


def _host(url: str) -> str:
    return urlsplit(url).netloc or url


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path
