"""A card as DingTalk markdown. Backslash escapes are not documented, so special characters become full-width ones."""

from __future__ import annotations

import re

from cards.model import Block, Card, Chain, Due, Fact, Facts, Input, Picture, Table, Tags, Text, Tone

BREAK = "  \n  "
"""A line break needs two blanks before and after the newline (open.dingtalk.com, markdown subset)."""

_FULL_WIDTH = str.maketrans(
    {"[": "［", "]": "］", "<": "＜", ">": "＞", "*": "＊", "`": "｀", "~": "～", "|": "｜", "\\": "＼"}
)
_MEDIA = re.compile(r"[@$][\w+/=.-]+")
_NEWLINES = re.compile(r" *\n[ \n]*")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_LINE_MARK = re.compile(r"^(\s*)(#+|-|\+|\d+\.)(?=\s)", re.MULTILINE)
_DOT = {Tone.PLAIN: "", Tone.GOOD: "🟢 ", Tone.WARN: "🟡 ", Tone.LATE: "🔴 "}
_STATION = {"done": "✓ ", "now": "▶ ", "late": "🔴 ", "later": ""}


def escape(text: str) -> str:
    """`text` so that it shows as it is: no link, picture, mention or heading can come out of a customer's words."""
    return _LINE_MARK.sub(lambda mark: f"{mark[1]}{mark[2][:-1]}{_wide(mark[2][-1])}", text.translate(_FULL_WIDTH))


def rich(text: str) -> str:
    """As `escape`, but **bold** stays."""
    parts = _BOLD.split(text)
    return "".join(f"**{escape(part)}**" if odd % 2 else escape(part) for odd, part in enumerate(parts) if part)


def lines(text: str) -> str:
    """Newlines as DingTalk draws them; what is in that form already stays as it is."""
    return _NEWLINES.sub(lambda found: "\n\n" if found[0].count("\n") > 1 else BREAK, text.strip())


def plain(text: str) -> str:
    """Our markdown for a field that shows plain text: no bold marks, links by their label."""
    return _LINK.sub(r"\1", text.replace("**", ""))


def body(card: Card) -> str:
    """Everything of `card` but its title, inputs and buttons, one paragraph per block."""
    paragraphs = [rich(card.lead), *(draw(block) for block in card.blocks)]
    return "\n\n".join(lines(paragraph) for paragraph in paragraphs if paragraph)


def draw(block: Block) -> str:
    """One block as markdown; "" for inputs, which are drawn apart."""
    match block:
        case Text():
            return rich(block.text)
        case Facts():
            return "\n".join(_fact(fact) for fact in block.facts)
        case Tags():
            return " · ".join(f"{_DOT[tag.tone]}{escape(tag.text)}" for tag in block.tags)
        case Chain():
            return " › ".join(_STATION[link.state] + escape(f"{link.who} {link.what}".strip()) for link in block.links)
        case Due():
            return f"{_DOT[block.tone] or '⏰ '}{escape(block.text)}"
        case Picture():
            return _picture(block)
        case Table():
            return _table(block)
        case Input():
            return ""


def _picture(block: Picture) -> str:
    """The image where it was uploaded (its attachment is then a media id), otherwise its words."""
    words = escape(block.alt)
    return f"![{words}]({block.attachment})" if _MEDIA.fullmatch(block.attachment) else f"🖼 {words}"


def _fact(fact: Fact) -> str:
    return f"{escape(fact.label)}：{_DOT[fact.tone]}**{escape(fact.value)}**"


def _table(table: Table) -> str:
    """Tables render poorly on phones there; a line per row reads everywhere."""
    head = "**" + " ｜ ".join(escape(column) for column in table.columns) + "**"
    return "\n".join([head, *(" ｜ ".join(escape(cell) for cell in row) for row in table.rows)])


def _wide(mark: str) -> str:
    return {"#": "＃", "-": "－", "+": "＋", ".": "．"}[mark]
