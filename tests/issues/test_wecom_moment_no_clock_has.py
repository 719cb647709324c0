"""An aibot's event with a `create_time` beyond the C library's years raised OSError instead of being kept.

On the long connection that stopped everything behind it: what was read is offered to the inbox until it is taken.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.platforms.base import Kind
from bot.platforms.wecom.aibot_inbound import Reading, read_aibot


@pytest.mark.parametrize("moment", [10**12, 2**53, 10**17, -(2**60), 2**70])
def test_event_of_another_age_is_kept_unread(moment: int) -> None:
    body = {"msgtype": "event", "create_time": moment, "event": {"eventtype": "enter_chat"}, "from": {"userid": "a"}}
    found = read_aibot(json.dumps(body), Reading("group", "", "req", datetime(2026, 3, 11, tzinfo=UTC)))
    assert found is not None and found.kind is Kind.UNSUPPORTED
