"""The published vectors, the agreement of three implementations, and hostile ciphertexts."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.errors import InboundRefused, MediaRefused
from bot.platforms.wecom.crypto import Envelope, decrypt_media
from bot.platforms.wecom.xml import parse_xml, word
from tests.emulators.wecom import crypt

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"

ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0"
    "qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izo"
    "un1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZ"
    "pS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
CHINESE = (
    "sKqRbbiSUnDhFHOvPjtUMfSIs4dbvId6WlncofN5gh/vxqJeFM5+1541Z/GA9d1o+LzWDyDAiW4c8iW1mzGmPa9fjlVlY8jfTrdJIpzu/LBDs+G38vri+7460vVcod"
    "NFCYKfNXtMTlHIuhvhvCaTKdiIKPV4D2yL4s5fH0DFO4M="
)
ROBOT = (
    "sKqRbbiSUnDhFHOvPjtUMSsAWzLzYfCxw16HpJ2WLfCy9mfGcwQvqtk7zxUj9cI4NB5jEs03Nrqih16CobfTWJjPWrGemYv+RJ88"
    "ROxfpuyA9fWQ6nvsPqMrfG0hoZHo"
)
MEDIA_KEY, MEDIA = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "Et/xoZxZznIzSr3qjkv6c/Z8qf4SHPWqPfweXtmc6zE="


def app() -> Envelope:
    return Envelope(TOKEN, KEY, CORP)


def robot() -> Envelope:
    return Envelope(TOKEN, KEY, "")


def test_official_url_verification() -> None:
    signature = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert app().open(ECHO, signature, "1409659589", "263014780") == "1616140317555161061"


def test_official_message_whose_padding_is_longer_than_an_aes_block() -> None:
    plain = app().open(MESSAGE, "477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149")
    root = parse_xml(plain)
    assert len(plain.encode()) == 284
    assert (word(root, "FromUserName"), word(root, "Content"), word(root, "AgentID")) == ("mycreate", "hello", "218")
    assert word(root, "MsgId") == "4561255354251345929"


@pytest.mark.parametrize(
    ("envelope", "encrypt", "signature", "plain"),
    [
        (
            app(),
            CHINESE,
            "13b42a9453033b4fc1863a67c2ee7146981e85ad",
            "<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content></xml>",
        ),
        (
            robot(),
            ROBOT,
            "3efd601efaeec81fa48e60204b7376f54e20e8c0",
            '{"msgid":"m1","msgtype":"text","text":{"content":"hi"}}',
        ),
    ],
)
def test_vectors_with_a_fixed_prefix(envelope: Envelope, encrypt: str, signature: str, plain: str) -> None:
    assert envelope.open(encrypt, signature, "1409659813", "1372623149") == plain
    receiver = "" if plain.startswith("{") else CORP
    assert crypt.encrypt(plain, KEY, receiver, b"0123456789abcdef") == encrypt, (
        "the emulator encrypts as the vectors do"
    )
    assert crypt.sign(TOKEN, "1409659813", "1372623149", encrypt) == signature


@pytest.mark.parametrize("key", [MEDIA_KEY, MEDIA_KEY.rstrip("=")])
def test_media_vector_with_and_without_padding_of_the_key(key: str) -> None:
    assert decrypt_media(base64.b64decode(MEDIA), key) == b"hello wecom media"


@given(text=st.text(min_size=1, max_size=300), receiver=st.sampled_from(["", CORP]))
@settings(max_examples=50, deadline=None)
def test_what_one_seals_the_other_two_open(text: str, receiver: str) -> None:
    ours, theirs = Envelope(TOKEN, KEY, receiver), WeChatCrypto(TOKEN, KEY, receiver)
    sealed = ours.seal(text, "1409659813", "n")
    assert crypt.decrypt(sealed.encrypt, KEY) == (text, receiver)
    assert theirs.check_signature(sealed.signature, "1409659813", "n", sealed.encrypt) == text
    emulated = crypt.encrypt(text, KEY, receiver)
    signature = crypt.sign(TOKEN, "1", "2", emulated)
    assert ours.open(emulated, signature, "1", "2") == text
    assert theirs.check_signature(signature, "1", "2", emulated) == text


@given(cipher=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_signed_rubbish_is_refused_and_never_crashes(cipher: bytes) -> None:
    envelope = app()
    encrypt = base64.b64encode(cipher).decode()
    with pytest.raises(InboundRefused):
        envelope.open(encrypt, envelope.signature("1", "2", encrypt), "1", "2")


@pytest.mark.parametrize("encrypt", ["", "!", "abc", "\ud800", "=" * 44, ECHO[:-4], ECHO[:40]])
def test_signed_text_that_is_no_ciphertext_is_refused(encrypt: str) -> None:
    envelope = app()
    with pytest.raises(InboundRefused):
        envelope.open(encrypt, envelope.signature("1", "2", encrypt), "1", "2")


def test_message_for_another_enterprise_is_refused() -> None:
    with pytest.raises(InboundRefused, match="另一个 corpid"):
        Envelope(TOKEN, KEY, "ww-other").open(
            ECHO, "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780"
        )


@pytest.mark.parametrize("signature", ["", "x", "5C45FF5E21C57E6AD56BAC8758B79B1D9AC89FD3", "签名", "\udcff"])
def test_wrong_signature_is_refused_before_anything_is_decrypted(signature: str) -> None:
    with pytest.raises(InboundRefused, match="msg_signature"):
        app().open(ECHO, signature, "1409659589", "263014780")


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"", MEDIA_KEY), (b"x" * 31, MEDIA_KEY), (bytes(32), MEDIA_KEY), (bytes(32), "AAAA"), (bytes(32), "!")],
)
def test_damaged_media_are_refused_in_words(content: bytes, key: str) -> None:
    with pytest.raises(MediaRefused, match="重新发送"):
        decrypt_media(content, key)
