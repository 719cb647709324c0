"""Settings that cannot work are refused when they are read; secrets never show."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.platforms.dingtalk.settings import DingTalkSettings, FormTemplate

BASE: dict[str, Any] = {"client_id": "ding1", "client_secret": "very-secret"}


def test_two_lines_are_enough() -> None:
    settings = DingTalkSettings.model_validate(BASE)
    assert (settings.robot, settings.stream) == ("ding1", True)
    assert settings.platform_hosts == (".dingtalk.com", "api.dingtalk.com", "oapi.dingtalk.com")


def test_a_port_belongs_to_the_host() -> None:
    settings = DingTalkSettings.model_validate({**BASE, "api_base": "http://127.0.0.1:8091"})
    assert "127.0.0.1:8091" in settings.file_hosts


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": ""}, "client_id"),
        ({"event_aes_key": "short", "event_token": "t"}, "43"),
        ({"event_token": "t"}, "要么都填"),
        ({"stream": False}, "card_route_key"),
        ({"form_template": {"template_id": "no-suffix"}}, "template_id"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_cannot_work_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DingTalkSettings.model_validate({**BASE, **change})


def test_secrets_do_not_show() -> None:
    assert "very-secret" not in repr(DingTalkSettings.model_validate(BASE))


@pytest.mark.parametrize("model", [DingTalkSettings, FormTemplate])
def test_every_setting_is_described_in_chinese(model: type[DingTalkSettings] | type[FormTemplate]) -> None:
    for name, field in model.model_fields.items():
        assert field.description and any("\u4e00" <= letter <= "\u9fff" for letter in field.description), name
