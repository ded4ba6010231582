"""Talking to a server that speaks OpenAI's chat protocol: settings, requests, patience, and what it costs. Standard library only.

The key goes into one request header and nowhere else: not into a message, an error, a log or a file. Redirects are not followed,
since they would take the key to another host.
"""

from __future__ import annotations

import email.message
import email.utils
import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kg.errors import ExtractionError
from kg.terms import is_web_address

MAX_ANSWER: Final = 8_000_000
"""Bytes of a response that are read; a longer one counts as broken."""
MAX_DELAY: Final = 60.0
"""Seconds that are waited at most between two attempts, whatever the server asks for."""
MILLION: Final = 1_000_000
_RETRIED: Final = frozenset((408, 425, 429))
_FORMATS: Final = ("json_schema", "json_object", "")
"""How an answer's form is asked for, the strictest first; empty: by the prompt alone."""
_OPTIONS: Final = ("temperature", "max_tokens", "max_completion_tokens")

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Which server is asked, and how.

    Attributes
    ----------
    url : str
        The base address; `/chat/completions` is put behind it.
    key : str
        Sent as a bearer token; empty for a server that wants none. Left out of the `repr`.
    price_in, price_out : Decimal or None
        Price of a million tokens sent and received, in any currency; both or neither.
    timeout : float
        Seconds after which a request counts as lost.
    attempts : int
        How often a request is sent before giving up.
    characters : int
        Characters of text in a chunk; a single longer sentence is a chunk of its own.
    answer_tokens : int
        Tokens that an answer may have.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    price_in: Decimal | None = None
    price_out: Decimal | None = None
    timeout: float = 120.0
    attempts: int = 5
    characters: int = 3000
    answer_tokens: int = 8192

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> LlmSettings:
        """The settings in `KG_LLM_URL`, `KG_LLM_MODEL`, `KG_LLM_KEY`, `KG_LLM_PRICE_IN`, `KG_LLM_PRICE_OUT` and `KG_LLM_TIMEOUT`.

        Raises
        ------
        ExtractionError
            If the address or the model is missing, or a value cannot be used; names the variable and gives an example.
        """
        values = {name: environ.get(f"KG_LLM_{name}", "").strip() for name in ("URL", "MODEL", "KEY", "PRICE_IN", "PRICE_OUT", "TIMEOUT")}
        for name, example in (("URL", "http://localhost:11434/v1"), ("MODEL", "mistral-small")):
            if not values[name]:
                raise ExtractionError(f"the engine llm needs KG_LLM_{name}", hint=f"for example KG_LLM_{name}={example}")
        url = values["URL"].rstrip("/").removesuffix("/chat/completions")
        host = url.split("://", 1)[-1].split("/", 1)[0]
        if not is_web_address(url) or any(character.isspace() or not character.isprintable() for character in url) or set("?#@") & set(url):
            hint = "an http(s) address without user name or query, for example KG_LLM_URL=http://localhost:11434/v1"
            shown = "" if "@" in url else f": {host!r}"
            raise ExtractionError(f"KG_LLM_URL is no address of a server{shown}", hint=hint)
        if not values["KEY"].isascii() or not (values["KEY"].isprintable()):
            raise ExtractionError("KG_LLM_KEY holds characters that no key has", hint="copy it again")
        prices = [_number(f"KG_LLM_{name}", values[name], "0.15") for name in ("PRICE_IN", "PRICE_OUT")]
        if (prices[0] is None) != (prices[1] is None):
            lacking = "KG_LLM_PRICE_IN" if prices[0] is None else "KG_LLM_PRICE_OUT"
            raise ExtractionError(f"costs need {lacking} too", hint=f"the price of a million tokens, for example {lacking}=0.15")
        timeout = _number("KG_LLM_TIMEOUT", values["TIMEOUT"], "120")
        if timeout is not None and not 0 < timeout <= 3600:
            raise ExtractionError("KG_LLM_TIMEOUT is not between 0 and 3600 seconds", hint="for example KG_LLM_TIMEOUT=120")
        return cls(url, values["MODEL"], values["KEY"], prices[0], prices[1], 120.0 if timeout is None else float(timeout))

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal | None:
        """What so many tokens cost; none where no price is set."""
        if self.price_in is None or self.price_out is None:
            return None
        return (tokens_in * self.price_in + tokens_out * self.price_out) / MILLION


def _number(name: str, text: str, example: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise ExtractionError(f"{name} is no number: {text!r}", hint=f"for example {name}={example}")
    return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote.

    Attributes
    ----------
    cut : bool
        Whether it stopped for want of tokens.
    counted : bool
        Whether the server told the tokens; else they are estimated.
    """

    text: str
    cut: bool
    tokens_in: int
    tokens_out: int
    counted: bool = True


class _RefusedError(Exception):
    """An answer with an error status; `words` is the server's own message, on one line."""

    def __init__(self, status: int, words: str, wait: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.words = words
        self.wait = wait


class _BrokenError(Exception):
    """No whole answer came."""


class ChatClient:
    """Sends messages to the server of some settings.

    Parameters
    ----------
    sleep, clock : callable
        Replaced in tests; seconds.

    Attributes
    ----------
    requests, retries : int
        How often something was sent, and how often of these again.
    """

    def __init__(
        self, settings: LlmSettings, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self.requests = 0
        self.retries = 0
        self._sleep = sleep
        self._clock = clock
        self._format = 0
        self._options: dict[str, object] = {"temperature": 0, "max_tokens": settings.answer_tokens}
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            self._opener.add_handler(handler)

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return self.settings.url.split("://", 1)[-1].split("/", 1)[0]

    def ask(self, messages: Sequence[Message], schema: Mapping[str, object]) -> Answer:
        """The model's answer to messages, asked for in the strictest form that the server takes.

        Parameters
        ----------
        messages : sequence of mapping
            Each with `role` and `content`.
        schema : mapping
            The JSON schema that the answer shall follow; a server may ignore it.

        Raises
        ------
        ExtractionError
            If the server refuses, or does not answer after all attempts.
        """
        while True:
            try:
                return self._patiently(messages, schema)
            except _RefusedError as refusal:
                if not self._adapted(refusal):
                    raise self._failure(refusal) from None

    def _adapted(self, refusal: _RefusedError) -> bool:
        """Whether there is a plainer way to ask after a refusal; from now on that one is taken."""
        if refusal.status not in (400, 404, 415, 422, 501):
            return False
        named = next((name for name in sorted(self._options, key=len, reverse=True) if name in refusal.words), "")
        if named:
            value = self._options.pop(named)
            if named == "max_tokens" and "max_completion_tokens" in refusal.words:
                self._options["max_completion_tokens"] = value
            return True
        if refusal.status != 404 and self._format + 1 < len(_FORMATS):
            self._format += 1
            return True
        return False

    def _failure(self, refusal: _RefusedError) -> ExtractionError:
        said = f": {refusal.words}" if refusal.words else ""
        if refusal.status in (401, 403):
            hint = "check KG_LLM_KEY"
        elif refusal.status == 404:
            hint = "check KG_LLM_URL (it mostly ends in /v1) and KG_LLM_MODEL"
        elif 300 <= refusal.status < 400:
            hint = "redirects are not followed; give the final address as KG_LLM_URL"
        else:
            hint = "check KG_LLM_MODEL and the server's log"
        return ExtractionError(f"the language model's server {self.host} answers {refusal.status}{said}", hint=hint)

    def _patiently(self, messages: Sequence[Message], schema: Mapping[str, object]) -> Answer:
        """One request, sent again while the trouble may pass."""
        attempts = max(1, self.settings.attempts)
        for attempt in range(1, attempts + 1):
            wait: float | None = None
            try:
                self.requests += 1
                return self._answer(self._post(self._body(messages, schema)), messages)
            except _RefusedError as refusal:
                if refusal.status not in _RETRIED and (refusal.status < 500 or refusal.status in (501, 505)):
                    raise
                trouble, wait = f"HTTP {refusal.status}" + (f", {refusal.words}" if refusal.words else ""), refusal.wait
            except _BrokenError as broken:
                trouble = str(broken)
            if attempt < attempts:
                self.retries += 1
                self._sleep(min(MAX_DELAY, 2.0 ** (attempt - 1) if wait is None else wait))
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        hint = "what was answered so far is kept; run it again later"
        raise ExtractionError(f"no answer from the language model's server {self.host} after {tries}: {trouble}", hint=hint)

    def _body(self, messages: Sequence[Message], schema: Mapping[str, object]) -> bytes:
        body: dict[str, object] = {"model": self.settings.model, "messages": list(messages), "stream": False, **self._options}
        form = _FORMATS[self._format]
        if form == "json_schema":
            body["response_format"] = {"type": form, "json_schema": {"name": "claims", "strict": True, "schema": schema}}
        elif form:
            body["response_format"] = {"type": form}
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    def _post(self, body: bytes) -> bytes:
        """The response's bytes.

        Raises
        ------
        _RefusedError
            For a status that is no success.
        _BrokenError
            For a time-out, a broken connection, or a body that is cut off or too long.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "kg"}
        if self.settings.key:
            headers["Authorization"] = f"Bearer {self.settings.key}"
        request = urllib.request.Request(f"{self.settings.url}/chat/completions", body, headers, method="POST")
        until = self._clock() + self.settings.timeout
        try:
            response = self._opener.open(request, timeout=self.settings.timeout)
            if response is None:
                raise _BrokenError("no way to open the address")
            with response:
                return self._read(response, until)
        except urllib.error.HTTPError as error:
            with error:
                raise _RefusedError(error.code, self._words(error, until), _retry_after(error.headers)) from None
        except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            if isinstance(reason, ssl.SSLCertVerificationError):
                hint = "its certificate is not trusted here"
                raise ExtractionError(f"no safe connection to the language model's server {self.host}", hint=hint) from None
            if isinstance(reason, TimeoutError):
                raise _BrokenError(f"no answer within {self.settings.timeout:g} seconds") from None
            raise _BrokenError(
                self._clean(f"{type(reason).__name__}: {reason}" if isinstance(reason, Exception) else str(reason))
            ) from None

    def _read(self, response: Any, until: float, limit: int | None = None) -> bytes:
        limit = MAX_ANSWER if limit is None else limit
        length = response.headers.get("Content-Length", "")
        parts: list[bytes] = []
        size = 0
        while part := response.read1(65_536):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise _BrokenError(f"the answer has more than {limit:,} bytes")
            if self._clock() > until:
                raise TimeoutError
        if length.isdigit() and size < int(length):
            raise _BrokenError(f"the answer breaks off after {size:,} of {int(length):,} bytes")
        return b"".join(parts)

    def _words(self, error: urllib.error.HTTPError, until: float) -> str:
        """The server's own words on an error, short and harmless."""
        try:
            text = self._read(error, until, 100_000).decode("utf-8", "replace")
        except (_BrokenError, OSError, http.client.HTTPException):
            return ""
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = {}
        inner = told.get("error", told) if isinstance(told, dict) else told
        message = inner.get("message", inner.get("detail", "")) if isinstance(inner, dict) else inner
        return self._clean(message if isinstance(message, str) else "" if told else text)

    def _clean(self, text: str) -> str:
        plain = " ".join("".join(character if character.isprintable() else " " for character in self.without_key(text)).split())
        return plain if len(plain) <= 200 else f"{plain[:199]}…"

    def without_key(self, text: str) -> str:
        """A text in which the key, should a server repeat it, is blotted out."""
        return text.replace(self.settings.key, "…") if len(self.settings.key) >= 8 else text

    def _answer(self, data: bytes, messages: Sequence[Message]) -> Answer:
        """The answer in a response.

        Raises
        ------
        _BrokenError
            If the response is not of the protocol's form.
        """
        try:
            told: Any = json.loads(data)
            choice = told["choices"][0]
            content = choice["message"].get("content") or ""
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise _BrokenError("the answer is not of the chat protocol's form") from None
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        text = self.without_key(content if isinstance(content, str) else json.dumps(content))
        usage = told.get("usage")
        told_in, told_out = (usage.get(name) if isinstance(usage, dict) else None for name in ("prompt_tokens", "completion_tokens"))
        cut = choice.get("finish_reason") == "length"
        if isinstance(told_in, int) and isinstance(told_out, int) and told_in >= 0 and told_out >= 0:
            return Answer(text, cut, told_in, told_out)
        return Answer(text, cut, sum(estimated_tokens(message["content"]) for message in messages), estimated_tokens(text), False)


def estimated_tokens(text: str, language: str = "de") -> int:
    """About how many tokens a text has: English has some four characters a token, other languages three."""
    return -(-len(text) // (4 if language == "en" else 3))


def _retry_after(headers: email.message.Message) -> float | None:
    """The seconds of a Retry-After header, also of one that gives a date and comes with the server's own."""
    value = (headers.get("Retry-After") or "").strip()
    if value.replace(".", "", 1).isdigit() and value.isascii():
        return float(value)
    try:
        then, now = (email.utils.parsedate_to_datetime(text) for text in (value, headers.get("Date") or ""))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
