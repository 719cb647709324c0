"""Structured logs: one line an event, bound to the message or deadline being handled. Never a secret in them."""

from __future__ import annotations

import logging
import sys
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_WORDS = ("secret", "token", "password", "authorization", "encrypt_key")


class StandardError:
    """Whatever stands behind sys.stderr when a line is written: a capturing test or a detached terminal may swap it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(style: Literal["json", "text"], *, level: int = logging.INFO) -> None:
    """Sets up logging for the process. Tracebacks carry no local variables: those hold people's words and our secrets."""
    drawn = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            exception_formatter=structlog.dev.plain_traceback, colors=sys.stderr.isatty()
        )
    )
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _masked,
    ]
    if style == "json":
        chain.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*chain, drawn],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, StandardError())),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=StandardError(), force=True)


def _masked(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "***"
    return event
