"""Fetching an article from the web, with limits."""

from __future__ import annotations

import urllib.error
import urllib.request

from kg.errors import DocumentError
from kg.extract.documents import MAX_BYTES
from kg.terms import is_web_address

SECONDS = 30.0


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to http(s) addresses only."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def] # the signature is urllib's
        if not is_web_address(newurl):
            raise DocumentError(f"redirects to {newurl[:100]!r}, which is no web address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


HANDLERS = (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPErrorProcessor,
    _Redirects,
)
"""What an opener for the web needs; one for `file:` is not among them."""


def fetch(url: str) -> tuple[bytes, str]:
    """The bytes at an address and their media type.

    Raises
    ------
    DocumentError
        If it cannot be had, is too large, or takes longer than 30 seconds between two packets.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "kg", "Accept": "text/html,application/pdf,text/plain;q=0.9,*/*;q=0.5"})
    opener = urllib.request.OpenerDirector()
    for handler in HANDLERS:
        opener.add_handler(handler())
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
            media = str(answer.headers.get("Content-Type", ""))
    except urllib.error.HTTPError as error:
        raise DocumentError(f"{url}: the server answers {error.code} {error.reason}", hint="save the page and add the file") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise DocumentError(f"{url}: cannot be fetched: {reason}", hint="save the page and add the file") from error
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{url}: has more than {MAX_BYTES:,} bytes")
    return data, media
