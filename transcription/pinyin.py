"""How characters sound, and how far two sounds are apart for a Mandarin ear and for a speech model."""

from __future__ import annotations

from functools import cache

from pypinyin import Style, lazy_pinyin

Sound = tuple[str, str, str]
"""Initial, final and tone digit of one character; a character without a reading sounds as itself."""

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_LIKE_INITIAL = {"zh": "z", "ch": "c", "sh": "s", "l": "n", "h": "f", "r": "n"}
_LIKE_FINAL = {
    "v": "i",
    "ing": "in",
    "eng": "en",
    "ang": "an",
    "iang": "ian",
    "uang": "uan",
    "ong": "en",
    "iong": "ion",
}
_NEAR_INITIALS = (
    {"zh", "ch"},
    {"zh", "j"},
    {"ch", "q"},
    {"sh", "x"},
    set("bp"),
    set("dt"),
    set("gk"),
    {"j", "q", "z", "c"},
    {"x", "s"},
    {"y", "r"},
    set("gh"),
    {"w", "h"},
    {"q", "x"},
)


@cache
def sound(char: str) -> Sound:
    """The sound of one character, by its commonest reading."""
    if char < "一":
        return (char, "", "")
    spelled = lazy_pinyin(char, style=Style.TONE3, neutral_tone_with_five=True)[0]
    tone = spelled[-1] if spelled[-1].isdigit() else ""
    plain = spelled.removesuffix(tone)
    initial = next((one for one in _INITIALS if plain.startswith(one)), "")
    final = plain[len(initial) :]
    if initial in ("j", "q", "x", "y") and final.startswith("u"):
        final = "v" + final[1:]  # yu and ju are written with u and spoken with ü
    return (initial, final, tone)


@cache
def like(char: str) -> str:
    """A key that is equal for sounds people and models confuse: zh/z, n/l, h/f, in/ing, an/ang, eng/ong."""
    initial, final, _ = sound(char)
    return f"{_LIKE_INITIAL.get(initial, initial)}{_LIKE_FINAL.get(final, final)}"


def key(words: str) -> tuple[str, ...]:
    """One `like` key per character."""
    return tuple(like(char) for char in words)


@cache
def apart(left: str, right: str) -> float:
    """How far two characters sound apart: 0 the same, up to 0.1 the tone, up to 0.5 easily confused, 1 different."""
    if left == right:
        return 0.0
    one, two = sound(left), sound(right)
    if not one[1] or not two[1]:
        return 1.0
    tone = 0.0 if one[2] == two[2] else 0.1
    return min(1.0, _initials(one[0], two[0]) + _finals(one[1], two[1]) + tone)


def _initials(one: str, two: str) -> float:
    if one == two:
        return 0.0
    if _LIKE_INITIAL.get(one, one) == _LIKE_INITIAL.get(two, two):
        return 0.2
    return 0.4 if any({one, two} <= group for group in _NEAR_INITIALS) else 0.7


def _finals(one: str, two: str) -> float:
    if one == two:
        return 0.0
    if one.rstrip("g") == two.rstrip("g"):
        return 0.1
    if _LIKE_FINAL.get(one, one) == _LIKE_FINAL.get(two, two):
        return 0.25
    alike = one[-1] == two[-1] or one[0] == two[0]
    return 0.35 if alike else 0.7


def distance(left: str, right: str) -> float:
    """The summed distance of two strings of the same length."""
    return sum(apart(one, two) for one, two in zip(left, right, strict=True))
