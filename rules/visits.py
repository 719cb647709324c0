"""Which evidence a visit needs, by its kind, and what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.errors import RulesError


class Evidence(StrEnum):
    POSITION = "position"
    PHOTO = "photo"
    SHOP_FRONT = "shop_front"
    SHELF = "shelf"
    NOTES = "notes"
    VOICE = "voice"
    GOODS_SCAN = "goods_scan"


TITLES: Mapping[Evidence, str] = {
    Evidence.POSITION: "到店位置",
    Evidence.PHOTO: "现场照片",
    Evidence.SHOP_FRONT: "门头照",
    Evidence.SHELF: "主推陈列照",
    Evidence.NOTES: "拜访记录",
    Evidence.VOICE: "语音备忘",
    Evidence.GOODS_SCAN: "扫码验货",
}

Requirement = tuple[Evidence, ...]
"""One piece of evidence, or several of which any one will do."""

REQUIRED: Mapping[str, tuple[Requirement, ...]] = {
    "field": ((Evidence.POSITION,), (Evidence.PHOTO,), (Evidence.NOTES, Evidence.VOICE)),
    "store": ((Evidence.SHOP_FRONT,), (Evidence.SHELF,), (Evidence.GOODS_SCAN,), (Evidence.VOICE,)),
    "distribution": ((Evidence.GOODS_SCAN,), (Evidence.POSITION,), (Evidence.PHOTO,)),
}
"""The shipped evidence sets; a pack may bring its own."""

_PICTURES = (Evidence.SHOP_FRONT, Evidence.SHELF)

VERIFIED, PENDING = "已验证", "待验证"


class UnknownKind(RulesError):
    """No evidence set for this kind of visit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`missing` in the order asked for; the visit counts in no result while there is any."""

    missing: tuple[Requirement, ...]

    @property
    def verified(self) -> bool:
        return not self.missing

    @property
    def status(self) -> str:
        return VERIFIED if self.verified else PENDING

    @property
    def said(self) -> str:
        """还差 2 条：门头照、拜访记录或语音备忘; empty when nothing is missing."""
        if self.verified:
            return ""
        names = "、".join("或".join(TITLES[evidence] for evidence in any_of) for any_of in self.missing)
        return f"还差 {len(self.missing)} 条：{names}"


def judge(
    kind: str, given: Collection[Evidence], required: Mapping[str, tuple[Requirement, ...]] = REQUIRED
) -> Verdict:
    """What a visit of that kind still lacks. A shop-front or shelf picture is a photo too, not the other way round.

    Raises:
        UnknownKind: `required` has no set for this kind.
    """
    if kind not in required:
        raise UnknownKind(f"没有「{kind}」这种拜访；现有：{'、'.join(required)}")
    have = set(given)
    if have.intersection(_PICTURES):
        have.add(Evidence.PHOTO)
    return Verdict(tuple(any_of for any_of in required[kind] if have.isdisjoint(any_of)))
