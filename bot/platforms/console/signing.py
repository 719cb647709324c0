"""Signed tokens of the web chat: login links, sessions, addresses of attachments. Each is good for one purpose only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.platforms.console.settings import ConsoleSettings

ATTACHMENT_LIFE = timedelta(days=7)
"""A page left open over a holiday still plays its recordings."""


@dataclass(frozen=True, slots=True)
class FileGrant:
    """One person may see one attachment, offered under this name."""

    user: str
    sha256: str
    name: str = ""


class Signer:
    """Makes and reads the tokens. Their age is wall time, whatever the demo's clock says."""

    def __init__(self, settings: ConsoleSettings) -> None:
        # The demo needs no secret of its own: its tokens need not outlive the process.
        key = settings.secret.get_secret_value() or secrets.token_hex(32)
        self._settings = settings
        self._login = URLSafeTimedSerializer(key, salt="console-login")
        self._session = URLSafeTimedSerializer(key, salt="console-session")
        self._files = URLSafeTimedSerializer(key, salt="console-attachment")

    def login_token(self, user: str) -> str:
        return self._login.dumps(user)

    def login_user(self, token: str) -> str | None:
        """Whom a login link is for; None when it is forged or too old."""
        return _text(_read(self._login, token, self._settings.login_link))

    def session_cookie(self, user: str) -> str:
        return self._session.dumps(user)

    def session_user(self, cookie: str) -> str | None:
        return _text(_read(self._session, cookie, self._settings.session))

    def file_token(self, grant: FileGrant) -> str:
        return self._files.dumps([grant.user, grant.sha256, grant.name])

    def file_grant(self, token: str) -> FileGrant | None:
        fields = _read(self._files, token, ATTACHMENT_LIFE)
        return FileGrant(*fields) if fields else None


def _read(serializer: URLSafeTimedSerializer, token: str, life: timedelta) -> Any:
    try:
        return serializer.loads(token, max_age=int(life.total_seconds()))
    except BadSignature:
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
