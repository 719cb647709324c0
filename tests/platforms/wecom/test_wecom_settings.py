"""Settings say what is missing and where to find it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.platforms.wecom import WeComSettings

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APP = {"corp_id": "ww1", "agent_id": 1000002, "secret": "s"}
CALLBACK = {"callback_token": "t", "encoding_aes_key": KEY}
BOT = {"line": "aibot", "bot_id": "b", "bot_secret": "s"}


@pytest.mark.parametrize(
    ("given", "callback"),
    [
        (APP, False),
        (APP | CALLBACK, True),
        (BOT, False),
        (BOT | CALLBACK, False),
        (BOT | CALLBACK | {"long_connection": False}, True),
    ],
)
def test_complete_settings(given: dict[str, Any], callback: bool) -> None:
    assert WeComSettings.model_validate(given).has_callback is callback


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "corp_id"),
        ({"corp_id": "ww1", "agent_id": 1}, "secret"),
        ({"corp_id": "ww1", "secret": "s"}, "agent_id"),
        (APP | {"callback_token": "t"}, "encoding_aes_key"),
        (APP | {"encoding_aes_key": KEY}, "callback_token"),
        ({"line": "aibot"}, "bot_id"),
        ({"line": "aibot", "bot_id": "b"}, "bot_secret"),
        ({"line": "aibot", "long_connection": False}, "callback_token"),
    ],
)
def test_what_is_missing_is_named(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        WeComSettings.model_validate(given)


@pytest.mark.parametrize("key", ["short", KEY + "x", "!" * 43, "字" * 43])
def test_aes_key_must_be_one(key: str) -> None:
    with pytest.raises(ValidationError, match="43 个字符"):
        WeComSettings.model_validate(APP | CALLBACK | {"encoding_aes_key": key})


def test_typing_error_in_a_name_is_found() -> None:
    with pytest.raises(ValidationError, match="corpid"):
        WeComSettings.model_validate(APP | {"corpid": "x"})


def test_secrets_are_not_shown() -> None:
    settings = WeComSettings.model_validate(APP | CALLBACK | {"webhooks": {"群": "hook-key"}} | {"secret": "s3cret"})
    assert not [word for word in ("s3cret", KEY, "hook-key") if word in repr(settings) + str(settings.model_dump())]


def test_every_field_is_described_in_chinese() -> None:
    for name, field in WeComSettings.model_fields.items():
        assert field.description and any("\u4e00" <= letter <= "\u9fff" for letter in field.description), name


def test_environment_carries_groups_and_hosts_as_json() -> None:
    given = APP | {"agent_id": "1000002", "webhooks": '{"华东": "key"}', "media_hosts": '["files.example.com"]'}
    made = WeComSettings.model_validate(given)
    assert list(made.webhooks) == ["华东"]
    assert (made.agent_id, made.media_hosts) == (1000002, ("files.example.com",))


def test_broken_json_is_a_settings_error() -> None:
    with pytest.raises(ValidationError, match="webhooks"):
        WeComSettings.model_validate(APP | {"webhooks": "{"})


def test_receiver_inside_the_ciphertext() -> None:
    assert WeComSettings.model_validate(APP).receiver == "ww1"
    assert WeComSettings.model_validate(BOT).receiver == ""
