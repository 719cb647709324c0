"""The composition root: wires the product together. The only module that imports the handlers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import handlers
from bot import dialogue, flow_routes, forms, jobs
from bot.catalogue import Catalogues
from bot.clock import Clock, SystemClock
from bot.dialogue import Dialogue
from bot.flows import Flows
from bot.forms import Forms
from bot.lexicons import Lexicons
from bot.platforms.base import Platform
from bot.platforms.http import Http
from bot.proposals import Proposals
from bot.router import Routes
from bot.runtime import Runtime
from bot.services import Services
from cards.day import Gap
from cards.doctor import Line, in_order
from config import packs
from config.settings import Settings
from handlers import day, doctor
from storage import people
from storage.attachments import AttachmentStore
from storage.database import Database
from transcription.speech import SpeechSettings, Transcriber

RUNTIME_ROUTERS = (dialogue.router, flow_routes.router, forms.router, jobs.router)


@dataclass
class App:
    """The product, ready to be started."""

    settings: Settings
    services: Services
    runtime: Runtime

    async def today(self, platform: str, app: str, user: str) -> list[Gap]:
        """What somebody still lacks today, for a column beside the chat."""
        async with self.services.db.read() as tx:
            person = await people.by_identity(tx, platform, app, user)
            if person is None or person.role not in ("rep", "assistant"):
                return []
            ctx = await self.runtime.dispatcher.context(tx, "today", person)
            return await day.gaps_of(ctx, person)

    async def examine(self) -> list[Line]:
        """What the doctor finds, in the order of its card."""
        async with self.services.db.read() as tx:
            lines, _ = await doctor.findings(await self.runtime.dispatcher.context(tx, "doctor"))
        return in_order(lines)

    async def close(self) -> None:
        await self.runtime.close()
        await self.services.transcriber.close()
        for platform in self.services.platforms.values():
            await platform.client.close()
        await self.services.http.close()
        await self.services.db.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    db: Database | None = None,
    transcriber: Transcriber | None = None,
    platforms: Callable[[Services], list[Platform]] = lambda _: [],
) -> App:
    """Wires everything; nothing runs yet. The database has to be migrated."""
    clock, http = clock or SystemClock(), Http()
    services = Services(
        settings=settings,
        clock=clock,
        db=db or Database(settings.database_url),
        attachments=AttachmentStore(settings.data / "attachments"),
        transcriber=transcriber or Transcriber(speech(settings)),
        catalogues=Catalogues(packs.load(settings.packs), settings.zone),
        lexicons=Lexicons(),
        routes=Routes([*RUNTIME_ROUTERS, *handlers.routers()]),
        flows=Flows(),
        forms=Forms(),
        dialogue=Dialogue(),
        proposals=Proposals(settings.proposer, http, clock),
        http=http,
    )
    services.platforms = {(platform.name, platform.app): platform for platform in platforms(services)}
    return App(settings, services, Runtime(services))


def speech(settings: Settings) -> SpeechSettings:
    """What the transcriber needs of the settings."""
    own = settings.speech
    return SpeechSettings(
        folder=settings.models, model=own.model, device=own.device, compute_type=own.compute_type, workers=own.workers
    )
