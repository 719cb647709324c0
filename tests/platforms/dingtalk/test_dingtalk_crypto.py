"""Signatures and envelopes against published vectors, an independent implementation, and every kind of damage."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto  # type: ignore[import-untyped, unused-ignore]  # wechatpy has no type information

from bot.errors import InboundRefused
from bot.platforms.dingtalk.crypto import (
    EventCipher,
    Sealed,
    card_signature,
    check_card,
    check_robot,
    check_time,
    robot_signature,
)
from tests.emulators.dingtalk import seals

NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp() * 1000))
KEY = "o1w0aum42yaptlz8alnhwikjd3jenzt9cb9wmzptgus"

# Published with DingTalk's sample code for event callbacks (open-dingtalk/DingTalk-Callback-Crypto).
PUBLISHED = [
    (
        ("tokenxxxx", KEY, "dingxxxxxx"),
        Sealed(
            "X1VSe9cTJUMZu60d3kyLYTrBq5578ZRJtteU94wG0Q4Uk6E/wQYeJRIC0/UFW5Wkya1Ihz9oXAdLlyC9TRaqsQ==",
            "f36f4ba5337d426c7d4bca0dbcb06b3ddc1388fc",
            "1605695694141",
            "WelUQl6bCqcBa2fM",
        ),
        b"success",
    ),
    (
        ("mryue", "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7", "ding6ccabc44d2c8d38b"),
        Sealed(
            "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZ"
            "eKju4yhELOFchzNukR+t8SB/qk4ROMu3",
            "03044561471240d4a14bb09372dfcfd4fd0e40cb",
            "1608001896814",
            "WL4PK6yA",
        ),
        b'{"EventType":"check_url"}',
    ),
]


@pytest.mark.parametrize(("keys", "sealed", "message"), PUBLISHED)
def test_published_envelopes_open(keys: tuple[str, str, str], sealed: Sealed, message: bytes) -> None:
    assert EventCipher(*keys).open(sealed) == message


@given(st.binary(max_size=200), st.text("abcdefghij0123456789", min_size=1, max_size=20))
def test_what_is_sealed_opens_here_and_with_other_peoples_code(message: bytes, owner: str) -> None:
    cipher = EventCipher("tok", KEY, owner)
    sealed = cipher.seal(message, STAMP, "nonce")
    assert cipher.open(sealed) == message
    assert seals.decrypt(KEY, owner, sealed.encrypt) == message
    assert seals.event_sign("tok", STAMP, "nonce", sealed.encrypt) == sealed.signature
    theirs = seals.encrypt(KEY, owner, message)
    assert cipher.open(Sealed(theirs, cipher.signature(STAMP, "n", theirs), STAMP, "n")) == message


def test_wechatpy_reads_the_same_envelope() -> None:
    """The envelope is that of WeChat's callbacks; its widely used library is a witness nobody here wrote."""
    sealed = EventCipher("tok", KEY, "dingowner").seal("事件".encode(), STAMP, "n")
    witness = PrpCrypto(base64.b64decode(KEY + "="))
    assert witness.decrypt(sealed.encrypt, "dingowner") == "事件"


@given(st.data())
def test_a_changed_envelope_never_opens(data: st.DataObject) -> None:
    cipher = EventCipher("tok", KEY, "owner")
    good = cipher.seal(b'{"EventType":"user_leave_org"}', STAMP, "nonce")
    parts = {"encrypt": good.encrypt, "signature": good.signature, "timestamp": good.timestamp, "nonce": good.nonce}
    name = data.draw(st.sampled_from(sorted(parts)))
    at = data.draw(st.integers(0, len(parts[name]) - 1))
    letter = data.draw(st.sampled_from("Aa0/+=é"))
    parts[name] = parts[name][:at] + letter + parts[name][at + 1 :]
    changed = Sealed(**parts)
    if changed == good:
        return
    with pytest.raises(InboundRefused):
        cipher.open(changed)


@given(st.binary(max_size=96))
def test_rightly_signed_rubbish_is_refused(rubbish: bytes) -> None:
    cipher = EventCipher("tok", KEY, "owner")
    encrypt = base64.b64encode(rubbish).decode()
    with pytest.raises(InboundRefused) as refused:
        cipher.open(Sealed(encrypt, cipher.signature(STAMP, "n", encrypt), STAMP, "n"))
    assert refused.value.status == 400


def test_an_event_for_another_app_is_refused() -> None:
    sealed = EventCipher("tok", KEY, "other").seal(b"{}", STAMP, "n")
    with pytest.raises(InboundRefused, match="another app"):
        EventCipher("tok", KEY, "owner").open(sealed)


def test_a_short_key_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="43"):
        EventCipher("tok", "QUJD", "owner")


def test_robot_and_card_signatures_agree_with_the_documentation() -> None:
    assert robot_signature(STAMP, "secret") == seals.robot_sign(STAMP, "secret")
    assert card_signature(STAMP, "secret") == seals.card_sign(STAMP, "secret")
    check_robot(STAMP, seals.robot_sign(STAMP, "secret"), "secret", NOW)
    check_card(STAMP, seals.card_sign(STAMP, "secret"), "secret", NOW)


@pytest.mark.parametrize(
    ("stamp", "signature"),
    [
        (STAMP, "wrong"),
        (STAMP, ""),
        (STAMP, seals.card_sign(STAMP, "secret")),
        (STAMP, seals.robot_sign(STAMP, "another secret")),
        (str(int(STAMP) + 1), seals.robot_sign(STAMP, "secret")),
        (STAMP, "签名"),
    ],
)
def test_a_wrong_robot_signature_is_refused(stamp: str, signature: str) -> None:
    with pytest.raises(InboundRefused) as refused:
        check_robot(stamp, signature, "secret", NOW)
    assert refused.value.status == 401


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "１２３", "9" * 40, "1e9", str(int(STAMP) - 3_600_001)])
def test_a_bad_or_old_timestamp_is_refused(stamp: str) -> None:
    with pytest.raises(InboundRefused):
        check_time(stamp, NOW)


@pytest.mark.parametrize("skew", [timedelta(minutes=-59), timedelta(), timedelta(minutes=59)])
def test_an_hours_skew_is_allowed(skew: timedelta) -> None:
    check_time(STAMP, NOW + skew)


def test_card_callbacks_need_a_configured_secret() -> None:
    with pytest.raises(InboundRefused) as refused:
        check_card(STAMP, seals.card_sign(STAMP, ""), "", NOW)
    assert refused.value.status == 403
