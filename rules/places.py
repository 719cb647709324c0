"""Positions on the earth and how far apart they are."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS = 6_371_008.8
"""Mean radius in metres (IUGG 1980)."""

FAR = 500.0
"""Metres from the customer's position beyond which an arrival is flagged."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody is, in degrees; `accuracy` in metres where the phone tells it."""

    latitude: float
    longitude: float
    accuracy: float | None = None


def distance(a: Position, b: Position) -> float:
    """Metres between two positions along the surface (haversine; the error of the sphere is below 0.6 %)."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    half = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(half)))


def is_far(arrived: Position, customer: Position, limit: float = FAR) -> bool:
    """Whether an arrival is certainly more than `limit` metres from the customer.

    The phone's own accuracy is taken off first: an inexact position is no reproach.
    """
    return distance(arrived, customer) - (arrived.accuracy or 0) > limit
