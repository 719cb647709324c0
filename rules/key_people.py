"""Who of a customer's people is meant, and what is new about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NEW, TOOK_OVER, NEW_TITLE, LEFT = "新联系人", "接手", "换职务", "离开"
KINDS = (NEW, TOOK_OVER, NEW_TITLE, LEFT)
COURTESIES = ("姐", "哥", "叔", "阿姨", "女士", "先生", "小姐", "老师", "师傅", "大姐", "大哥", "嫂", "姨", "伯")
"""Said of anybody, whatever their post."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a person goes by: 王经理 is a surname and a title, 张敏 a surname and a given name, 老李 a surname alone."""

    surname: str
    given: str = ""
    title: str = ""

    @property
    def name(self) -> str:
        return f"{self.surname}{self.given}{self.title}"


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as the file has it. `title` beside what the name says."""

    id: int
    spoken: str
    called: Called
    title: str = ""
    left: bool = False
    in_charge: bool = False
    """Has taken over before, and nobody since."""


class Unclear(Exception):
    """Several contacts may be meant."""


def same(one: Called, known: Known) -> bool:
    """Whether they may be one person: nothing speaks against it."""
    other = known.called
    if one.surname.casefold() != other.surname.casefold():
        return False
    if one.given and other.given:
        return one.given == other.given
    titles = [title for title in (other.title, known.title) if title]
    return not one.title or not titles or any(_alike(one.title, title) for title in titles)


def meant(spoken: str, called: Called, known: Iterable[Known]) -> Known | None:
    """The contact that is meant, None where it is somebody new.

    Raises:
        Unclear: several may be meant; nothing is to be guessed.
    """
    everybody = list(known)
    exact = [one for one in everybody if one.spoken == spoken]
    found = exact or [one for one in everybody if same(called, one)]
    if len(found) > 1:
        found = [one for one in found if not one.left]
    if len(found) > 1:
        raise Unclear(spoken)
    return found[0] if found else None


def change(news: str, title: str, known: Known | None) -> str | None:
    """What is new in it: one of KINDS, or None where the file says so already."""
    if known is None:
        return news or NEW
    match news:
        case "离开":
            return None if known.left else LEFT
        case "接手":
            return None if known.in_charge and not known.left else TOOK_OVER
        case "换职务":
            return None if title in (known.title, known.called.title) else NEW_TITLE
    return None


def _alike(one: str, other: str) -> bool:
    """经理 and 采购经理, 总 and 总监: one may be the short or polite form of the other."""
    if one in COURTESIES or other in COURTESIES or one.endswith(other) or other.endswith(one):
        return True
    polite, full = sorted((one, other), key=len)
    return polite == "总" and (full.startswith(("总", "副总")) or full in ("老板", "董事长"))
