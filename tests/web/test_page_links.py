"""Tokens of the phone page: what goes in comes out, short enough for every platform, and nothing else reads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.web.page_links import LONGEST, Grant, LinkSigner
from config.settings import Settings

UNTIL = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
SIGNER = LinkSigner(Settings(data=Path("unused"), secret=SecretStr("a" * 64)))


def grant(values: dict[str, object], about: dict[str, object] | None = None) -> Grant:
    return Grant("key", 3, "feishu", "main", "ou_1", "progress", 2, UNTIL, about or {}, values, "card-key")


words = st.text(max_size=40)


@given(
    values=st.dictionaries(words, words | st.lists(words, max_size=3), max_size=3), about=st.dictionaries(words, words)
)
def test_what_goes_in_comes_out(values: dict[str, object], about: dict[str, object]) -> None:
    given_grant = grant(values, about)
    token = SIGNER.token(given_grant)
    if len(token) < LONGEST:
        assert SIGNER.grant(token) == given_grant


@given(at=st.integers(0, 200), letter=st.sampled_from("abcXYZ019-_."))
def test_a_token_changed_anywhere_reads_as_nothing(at: int, letter: str) -> None:
    token = SIGNER.token(grant({"customer": "1"}))
    at %= len(token)
    changed = token[:at] + letter + token[at + 1 :]
    read = SIGNER.grant(changed)
    # The last letter of the signature carries two bits that mean nothing.
    assert read is None or changed == token or (at == len(token) - 1 and read == SIGNER.grant(token))


@given(st.text(max_size=300))
def test_anything_else_reads_as_nothing(text: str) -> None:
    assert SIGNER.grant(text) is None


def test_values_too_long_for_an_address_are_left_to_be_typed_again() -> None:
    spoken = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(2000))
    read = SIGNER.grant(SIGNER.token(grant({"customer": "1", "note": spoken})))
    assert len(SIGNER.token(grant({"customer": "1", "note": spoken}))) <= LONGEST
    assert read is not None and read.values == {"customer": "1"}


def test_another_installation_signs_otherwise() -> None:
    other = LinkSigner(Settings(data=Path("unused"), secret=SecretStr("b" * 64)))
    assert other.grant(SIGNER.token(grant({}))) is None


@pytest.mark.parametrize("payload", [[], {"key": 1}, "text", [1] * 12, 5])
def test_a_signed_token_of_another_shape_reads_as_nothing(payload: object) -> None:
    assert SIGNER.grant(str(SIGNER._serializer.dumps(payload))) is None
