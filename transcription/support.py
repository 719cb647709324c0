"""What a rep asks his own house for: the request in his words, who shall help, and by when."""

from __future__ import annotations

import re

from transcription.clauses import Clause
from transcription.cues import CUSTOMER, pattern
from transcription.message import Candidate, Message

LONGEST = 50
"""Characters a support request may have (product row R1)."""

_RAMBLING = 24
"""From this length on a clause was said without pauses; the request begins with its cue."""

_OURS_ONLY = re.compile(r"支持|支援|协助|特价|特批|加急|审批")
"""What only our own house can give, so that 宏达需要技术支持 is the rep's wish."""

_TOPIC = re.compile(
    r"希望(?=[^，]{0,4}(总监|领导|老板|主管|经理|公司|法务|财务|技术|产品|售前|售后|市场))|急需|需要|需|申请|最好|得|想让|想请|想叫|让|叫|找"
)
"""After a bare customer's name these begin the rep's own wish: the name is only the topic."""

_LEAD = re.compile(
    r"^(?:然后|另外|还有就是|还有|所以|但是|不过|同时|顺便|那个|这个|就是|呃|嗯|对了|我想|我这边|目前|现在|最好|,|，|\s)+"
)


def support(message: Message) -> list[Candidate]:
    """One candidate per stretch of clauses that ask for help; the assembly joins those of one record."""
    return [_asked(message, clause) for clause in message.clauses.all if is_request(message, clause)]


def is_request(message: Message, clause: Clause) -> bool:
    """Whether a clause asks the rep's own house for something."""
    words = message.masked_clause(clause)
    if pattern("support", "unless").search(words):
        return False
    return any(not _theirs(words[: hit.start()], hit) for hit in pattern("support", "asks").finditer(words))


def _theirs(before: str, hit: re.Match[str]) -> bool:
    """Whether the customer is the one who wants it; then it is no request to our house."""
    if re.match(r"帮我|帮忙|请|麻烦|求|申请|能不能|能否|辛苦|拜托|劳烦|给我|派|安排", hit.group()):
        return False
    if re.search(r"我们(公司|总部|技术|产品|总监|领导|的?(技术|售前|产品|财务|法务|总监|领导))", hit.string):
        return False
    if before.endswith(CUSTOMER) and (_OURS_ONLY.search(hit.group()) or _TOPIC.match(hit.group())):
        return False
    return bool(pattern("support", "theirs").search(before))


def _asked(message: Message, clause: Clause) -> Candidate:
    words = message.text[clause.start : clause.end]
    lead = _LEAD.match(words)
    start = clause.start + (lead.end() if lead else 0)
    if clause.end - start > _RAMBLING:
        first = pattern("support", "asks").search(message.masked, start, clause.end)
        start = first.start() if first else start
    return Candidate("support", message.text[start : clause.end].strip(), start, clause.end, 0.88)
