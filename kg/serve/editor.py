"""The page at `/sparql` for people: a query, the prepared ones, and the answer as a table with links. No script comes from elsewhere."""

from __future__ import annotations

import json
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kg import queries
from kg.errors import KgError
from kg.ontology import Dossier, locate
from kg.serve.describing import language
from kg.serve.settings import Settings
from kg.store.generations import Generation
from kg.store.names import expand

FIRST: Final = """SELECT ?event ?label ?date WHERE {
  ?event a kg:Summit ; rdfs:label ?label ; kg:date ?date .
  FILTER (lang(?label) = "en")
}
ORDER BY DESC(?date)
LIMIT 20"""
TEXTS: Final = {
    "en": {
        "title": "SPARQL",
        "run": "Run",
        "prepared": "Prepared queries …",
        "hint": "Ctrl+Enter runs",
        "rows": "{} rows in {} ms",
        "yes": "yes",
        "no": "no",
        "nothing": "No rows.",
        "failed": "The server cannot be reached.",
        "save": "Answer as",
        "other": "Deutsch",
        "code": "de",
        "shown": "first {} shown",
    },
    "de": {
        "title": "SPARQL",
        "run": "Ausführen",
        "prepared": "Fertige Abfragen …",
        "hint": "Strg+Eingabe führt aus",
        "rows": "{} Zeilen in {} ms",
        "yes": "ja",
        "no": "nein",
        "nothing": "Keine Zeilen.",
        "failed": "Der Server ist nicht zu erreichen.",
        "save": "Antwort als",
        "other": "English",
        "code": "en",
        "shown": "die ersten {} gezeigt",
    },
}


def page(request: Request, settings: Settings, generation: Generation) -> Response:
    """The editor."""
    chosen = language(request)
    nonce = secrets.token_urlsafe(12)
    noted = generation.notes.get("prefixes")
    data = {
        "first": FIRST,
        "texts": TEXTS[chosen],
        "prepared": prepared(str(generation.notes.get("dossier", "")), chosen),
        "prefixes": noted if isinstance(noted, dict) else {},
        "language": chosen,
    }
    text = _template().render(
        language=chosen, nonce=nonce, texts=TEXTS[chosen], data=Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))
    )
    own = f"style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'"
    policy = f"default-src 'none'; {own}; connect-src 'self'; base-uri 'none'; form-action 'self'"
    return HTMLResponse(text, headers={"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"})


@cache
def prepared(folder: str, chosen: str) -> list[tuple[str, str]]:
    """The prepared queries of the dossier in a folder that need no value, as (title, text)."""
    try:
        dossier = Dossier.load(Path(folder) if Path(folder, "dossier.toml").is_file() else locate(None))
    except KgError:
        return []
    found = []
    for query in dossier.queries.values():
        values = {p.name: chosen if p.name == "language" else p.default for p in query.parameters}
        if all(value is not None for value in values.values()):
            given = {name: value for name, value in values.items() if value is not None}
            try:
                text = queries.fill(query, given, lambda type_, value: expand(value, dict(dossier.prefixes)))
            except KgError:
                continue
            body = "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip()
            found.append((query.title_de if chosen == "de" else query.title, body))
    return sorted(found)


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader("kg.serve"), autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("editor.html")
