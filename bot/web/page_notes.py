"""How pages are answered: their templates, their headers, and what is said instead of a form."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Scripts and styles from our own files only; nothing inline, nothing from elsewhere."""


def policy_for(script: str) -> str:
    """For the one page that runs a platform's own script. It holds no data; the script talks to the app around it."""
    source = "{0.scheme}://{0.netloc}".format(urlsplit(script))
    return (
        f"default-src 'none'; script-src 'self' {source}; style-src 'self'; img-src 'self' https: data:; "
        "connect-src 'self' https: wss:; frame-src https: dingtalk:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # not no-referrer: browsers would then send the form with `Origin: null`
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Cache-Control": "no-store",
}


class Note(Exception):
    """Something to say in place of the form: `title` what is the case, `words` what to do."""

    def __init__(self, status: int, title: str, words: str, *, again: str = "") -> None:
        super().__init__(title)
        self.status, self.title, self.words, self.again = status, title, words, again


@cache
def templates() -> Environment:
    """Everything that is put into them is escaped."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, status: int = 200, *, policy: str = POLICY, **values: Any) -> web.Response:
    text = templates().get_template(template).render(**values)
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def note_page(note: Note) -> web.Response:
    return page("note.html", note.status, title=note.title, words=note.words, again=note.again, tone="plain", facts=())
