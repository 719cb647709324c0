"""The published vectors, and ciphertexts that are none."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.feishu.crypto import Undecryptable, cipher_key, decrypt, same, signature
from tests.emulators.feishu.webhook import encrypted

KEY = "test key"
OFFICIAL = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="
CHALLENGE = (
    "AAECAwQFBgcICQoLDA0OD+IYGLa3VZJR7EU+faBqn71OOUvabtuaVLziFirV2RP1bGPbXJSLgSNCkK3yUXuGTgI/RpiK0HtfF9HNd+F8m3M="
)


def test_the_official_decryption_example() -> None:
    assert decrypt(OFFICIAL, KEY) == b"hello world"


def test_the_key_is_the_hash_of_the_encrypt_key() -> None:
    assert cipher_key(KEY).hex() == "fa2bdca424f01f01ffb48df93acc35d439c7fd331a1a7fba6ac2fd83aa9ab31a"


def test_a_challenge_and_the_emulators_way_of_encrypting_it() -> None:
    plain = b'{"challenge":"c1","token":"vtoken","type":"url_verification"}'
    assert decrypt(CHALLENGE, KEY) == plain
    assert encrypted(plain, KEY, bytes(range(16))) == CHALLENGE


def test_the_signature_of_a_known_body() -> None:
    body = b'{"encrypt":"' + OFFICIAL.encode() + b'"}'
    expected = "69c61fa99760d59824d588297c0036194769fb54331682c9cbcd93e85b9a8aad"
    assert signature("1700000000", "abc123", KEY, body) == expected


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_was_encrypted_comes_back(plain: bytes, key: str) -> None:
    assert decrypt(encrypted(plain, key), key) == plain


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "====",
        "not base64!",
        "宏达",
        base64.b64encode(b"short").decode(),
        base64.b64encode(bytes(16)).decode(),
        base64.b64encode(bytes(31)).decode(),
        OFFICIAL[:-4],
    ],
)
def test_anything_else_is_refused_in_one_way(broken: str) -> None:
    with pytest.raises(Undecryptable):
        decrypt(broken, KEY)


@pytest.mark.parametrize(
    ("given", "expected", "equal"), [("a", "a", True), ("a", "b", False), ("", "a", False), ("\udc80", "a", False)]
)
def test_comparing_takes_any_character(given: str, expected: str, equal: bool) -> None:
    assert same(given, expected) is equal
