"""Figures for monitoring, in Prometheus' format."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.services import Services
from storage import deadlines, inbox, outbox

REGISTRY = CollectorRegistry()

received = Counter("genjin_received", "Messages made durable", ["platform", "repeat"], registry=REGISTRY)
handled = Counter("genjin_handled", "Messages handled", ["outcome"], registry=REGISTRY)
delivered = Counter("genjin_delivered", "Pushes", ["platform", "outcome"], registry=REGISTRY)
handling = Histogram(
    "genjin_handling_seconds", "Time to handle one message, media and speech included", registry=REGISTRY
)
fired = Counter("genjin_deadlines_fired", "Deadlines fired", ["kind"], registry=REGISTRY)
lateness = Histogram(
    "genjin_deadline_lateness_seconds",
    "How late deadlines fired",
    buckets=(0.5, 1, 2, 5, 15, 60, 600, 3600),
    registry=REGISTRY,
)
waiting = Gauge("genjin_inbox_waiting", "Messages not yet handled", registry=REGISTRY)
oldest = Gauge("genjin_inbox_oldest_seconds", "Age of the oldest message not yet handled", registry=REGISTRY)
pushes = Gauge("genjin_outbox", "Pushes by state", ["state"], registry=REGISTRY)
next_deadline = Gauge(
    "genjin_next_deadline_seconds", "Seconds until the next deadline; negative when it is late", registry=REGISTRY
)


async def refresh(services: Services) -> None:
    """Reads the gauges from the database."""
    now = services.clock.now()
    async with services.db.read() as tx:
        count, age = await inbox.backlog(tx, now)
        states = await outbox.counts(tx)
        following = await deadlines.next_at(tx)
    waiting.set(count)
    oldest.set(age.total_seconds())
    for state in ("pending", "sent", "failed", "superseded"):
        pushes.labels(state).set(states.get(state, 0))
    if following is not None:
        next_deadline.set((following - now).total_seconds())
