"""Routers: plain async functions registered for what they handle.

    router = Router("support")

    @router.pressed(ReplyToSupport)
    async def answer(ctx: Context, press: ReplyToSupport) -> None: ...

A feature has one router; `bot/app.py` gathers them in one `Routes`, which finds the handler for what came in.
Registration is explicit and checked: two handlers for one command, press, form or schedule are a programming error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from cards.model import Action

if TYPE_CHECKING:
    pass

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])
Handler = Callable[..., Awaitable[Any]]


class Who(StrEnum):
    """Who may use a command."""

    EVERYBODY = "everybody"
    SUPERIORS = "superiors"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. `usage` has one line per form of it; the first words of each are what a person types."""

    name: str
    summary: str
    usage: tuple[str, ...]
    who: Who
    handler: Handler
    changes: tuple[str, ...] = ()
    """First words that change something and so need an admin, where the rest is for everybody."""


@dataclass(frozen=True, slots=True)
class Said:
    """A handler of plain messages. Asked in order of `rank`; the first that gives True has handled it."""

    rank: int
    handler: Handler


@dataclass(frozen=True, slots=True)
class Errand:
    """What fetches, fetch(services, wanted), outside any transaction; and what makes something of it."""

    fetch: Handler
    handler: Handler


@dataclass
class Router:
    """What one feature handles."""

    name: str
    commands: list[Command] = field(default_factory=list)
    presses: dict[type[Action], Handler] = field(default_factory=dict)
    forms: dict[str, Handler] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    events: list[tuple[str, Handler]] = field(default_factory=list)
    deadlines: dict[str, Handler] = field(default_factory=dict)
    jobs: dict[str, Handler] = field(default_factory=dict)
    errands: dict[str, Errand] = field(default_factory=dict)

    def command(
        self, name: str, summary: str, *usage: str, who: Who = Who.EVERYBODY, changes: tuple[str, ...] = ()
    ) -> Callable[[F], F]:
        """Handler(ctx, words): the words behind the command, split at spaces."""

        def register(handler: F) -> F:
            self.commands.append(Command(name, summary, usage or (f"/{name}",), who, handler, changes))
            return handler

        return register

    def pressed(self, action: type[Action]) -> Callable[[F], F]:
        """Handler(ctx, action): a button carrying this action."""

        def register(handler: F) -> F:
            _once(self.presses, action, handler, self.name)
            return handler

        return register

    def submitted(self, form: str) -> Callable[[F], F]:
        """Handler(ctx, submitted): a form that passed validation, however it was filled in."""

        def register(handler: F) -> F:
            _once(self.forms, form, handler, self.name)
            return handler

        return register

    def says(self, rank: int) -> Callable[[F], F]:
        """Handler(ctx, message) -> bool: a plain message; True when it was this feature's."""

        def register(handler: F) -> F:
            self.said.append(Said(rank, handler))
            return handler

        return register

    def on(self, *kinds: str) -> Callable[[F], F]:
        """Handler(ctx, event): a domain event, in the transaction that makes it."""

        def register(handler: F) -> F:
            self.events.extend((kind, handler) for kind in kinds)
            return handler

        return register

    def due(self, kind: str) -> Callable[[F], F]:
        """Handler(ctx, deadline): a deadline of this kind has come."""

        def register(handler: F) -> F:
            _once(self.deadlines, kind, handler, self.name)
            return handler

        return register

    def job(self, name: str) -> Callable[[F], F]:
        """Handler(ctx, occurrence): an entry of the packs' schedule has come."""

        def register(handler: F) -> F:
            _once(self.jobs, name, handler, self.name)
            return handler

        return register

    def errand(self, name: str, *, fetch: Handler) -> Callable[[F], F]:
        """Handler(ctx, wanted, fetched): something has been fetched from outside. See bot/errands.py."""

        def register(handler: F) -> F:
            _once(self.errands, name, Errand(fetch, handler), self.name)
            return handler

        return register


class Routes:
    """All routers together."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self.commands: dict[str, Command] = {}
        self.presses: dict[type[Action], Handler] = {}
        self.forms: dict[str, Handler] = {}
        self.deadlines: dict[str, Handler] = {}
        self.jobs: dict[str, Handler] = {}
        self.errands: dict[str, Errand] = {}
        self.events: dict[str, list[Handler]] = {}
        said: list[Said] = []
        for router in routers:
            self._add(router)
            said.extend(router.said)
        self.said = sorted(said, key=lambda entry: entry.rank)

    def _add(self, router: Router) -> None:
        for command in router.commands:
            _once(self.commands, command.name, command, router.name)
        pairs: tuple[tuple[dict[Any, Any], dict[Any, Any]], ...] = (
            (self.presses, router.presses),
            (self.forms, router.forms),
            (self.deadlines, router.deadlines),
            (self.jobs, router.jobs),
            (self.errands, router.errands),
        )
        for mine, theirs in pairs:
            for key, handler in theirs.items():
                _once(mine, key, handler, router.name)
        for kind, handler in router.events:
            self.events.setdefault(kind, []).append(handler)


def _once(table: dict[Any, Any], key: object, value: object, where: str) -> None:
    if key in table:
        raise ValueError(f"router {where}: {key!r} already has a handler")
    table[key] = value
