"""What we have of people and what a source says of them, as plain values: the input and output of rules/directory.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum

Place = tuple[str, str]
"""Platform and app."""
Account = tuple[str, str, str]
"""Platform, app and user id."""

CASELESS = "wecom"
"""The platform whose user ids mean the same however their letters are written."""

ROLES = {
    "销售": "rep",
    "销售助理": "assistant",
    "主管": "manager",
    "总监": "director",
    "VP": "vp",
    "vp": "vp",
    "副总": "vp",
    "流程负责人": "owner",
    "管理员": "admin",
    "同事": "member",
}
"""What people say for a role, and the role."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person as we have them. Ids below zero are of people decided to be new; `superior` is an id."""

    id: int
    name: str
    mobile: str = ""
    email: str = ""
    title: str = ""
    department: str = ""
    role: str = ""
    team: str = ""
    superior: int | None = None
    active: bool = True
    admin: bool = False
    accounts: frozenset[Account] = frozenset()

    def differing(self, other: Known) -> tuple[str, ...]:
        """Names of the fields in which two states of a person differ."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) != getattr(other, one.name))


@dataclass(frozen=True, slots=True)
class Row:
    """A person as a source lists them. What is empty is not known and changes nothing.

    `key` is unique in the source: the user id, or 第 3 行. `superior` is such a key, on a sheet a name or mobile.
    """

    key: str
    name: str
    mobile: str = ""
    email: str = ""
    title: str = ""
    department: str = ""
    role: str = ""
    team: str = ""
    superior: str = ""
    active: bool = True
    accounts: frozenset[Account] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """Everybody a platform shows one app, or (`place` None) the rows of a sheet, which lists no leavers.

    `ranks`: the apps in the order in which their word counts; of a person on several, the first is believed.
    """

    rows: tuple[Row, ...]
    place: Place | None = None
    ranks: tuple[Place, ...] = ()


class Trouble(StrEnum):
    """What is reported instead of guessed."""

    SAME_MOBILE = "same_mobile"
    SAME_EMAIL = "same_email"
    SAME_NAME = "same_name"
    """Nothing tells two people of one name apart, or says that they are one."""
    SAME_ACCOUNT = "same_account"
    TWO_ROWS = "two_rows"
    """Two entries of one source are one person of ours."""
    NO_NAME = "no_name"
    NO_SUPERIOR = "no_superior"
    UNCLEAR_SUPERIOR = "unclear_superior"
    """Several people have the superior's name."""
    LEFT_SUPERIOR = "left_superior"
    CIRCLE = "circle"
    RETURNED = "returned"
    """The source has somebody as working whom we have as gone."""
    MANY_LEFT = "many_left"
    """So many are missing at once that the app's visible range looks changed."""
    LAST_ADMIN = "last_admin"


@dataclass(frozen=True, slots=True)
class Conflict:
    """`who` are the names concerned, `keys` their rows, `about` the mobile, address, name or superior in question."""

    trouble: Trouble
    who: tuple[str, ...]
    about: str = ""
    keys: tuple[str, ...] = ()


def tidy_mobile(text: str) -> str:
    """Digits only; Chinese numbers without 86, others with their + where they have one."""
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("00"):
        digits, text = digits[2:], "+"
    if len(digits) == 13 and digits.startswith("86"):
        return digits[2:]
    foreign = text.strip().startswith("+") and digits
    return f"+{digits}" if foreign else digits


def tidy_email(text: str) -> str:
    return text.strip().lower()


def same_account(account: Account) -> Account:
    """The spelling under which an account is compared."""
    platform, app, user = account
    return (platform, app, user.lower()) if platform == CASELESS else account


def same_name(ours: str, theirs: str) -> bool:
    """Whether ours is theirs, perhaps with the number that tells namesakes apart: 张三2."""
    return ours == theirs or (ours.startswith(theirs) and ours[len(theirs) :].isdigit())
