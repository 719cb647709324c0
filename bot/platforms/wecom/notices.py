"""What WeCom says about the app itself: it is about to be suspended for want of use, or works again (reference §3.2)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The console's own zone, so that the times can be compared."""

_TROUBLES = {
    "inactive_alert": "应用长期无人使用，企业微信{day}将停用它",
    "low_active_alert": "应用使用人数过低，企业微信{day}将限制它",
    "close_inactive_agent": "应用长期无人使用，已被企业微信停用",
    "low_active": "应用使用人数过低，已被企业微信限制",
}
_RECOVERIES = {
    "reopen_inactive_agent": "应用已在企业微信恢复使用",
    "active_restored": "应用使用人数已恢复，企业微信解除了限制",
}


def notice(event: str, effect_time: str) -> str:
    """The event in words for an admin, empty for one that is no notice. `effect_time` is unix seconds, or empty."""
    words = _TROUBLES.get(event) or _RECOVERIES.get(event, "")
    return words.format(day=_day(effect_time))


def is_recovery(words: str) -> bool:
    """Whether `words` says that all is well again."""
    return words in _RECOVERIES.values()


def _day(effect_time: str) -> str:
    if not effect_time.isdigit() or len(effect_time) > 10:
        return ""
    return datetime.fromtimestamp(int(effect_time), ZONE).strftime("于 %Y-%m-%d ")
