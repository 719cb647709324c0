"""How much of the target price a quotation gives away, and who has to agree."""

from __future__ import annotations

from decimal import Decimal

from rules.errors import RulesError

LIMIT = Decimal("0.12")
"""Above this share a second approval is needed."""


class NonPositivePrice(RulesError):
    """A price that is not above zero."""


def concession(deal: Decimal, target: Decimal) -> Decimal:
    """Share of the target price given away: (target - deal) / target. 0.125 is 12.5 %; below zero the deal is better.

    Raises:
        NonPositivePrice: target is not above zero.
    """
    if target <= 0:
        raise NonPositivePrice(f"目标价要大于 0，现在是 {target:f} 元；请先填目标价")
    return (target - deal) / target


def needs_second_approval(deal: Decimal, target: Decimal, limit: Decimal = LIMIT) -> bool:
    """Whether the concession is above `limit` (a share); exactly at it, it is not.

    Raises:
        NonPositivePrice: target is not above zero.
    """
    return concession(deal, target) > limit
