from __future__ import annotations

import pytest

from tests.transcription.conftest import records
from transcription.lexicon import Lexicon
from transcription.memory import Correction, learn


def test_a_corrected_name_is_known_from_then_on(lexicon: Lexicon) -> None:
    taught = learn(lexicon, [Correction("customers", "姜纺那家", "江南纺织")])
    assert records("姜纺那家合同签了", taught) == [{"customer": "江南纺织", "action": "已签合同"}]


def test_the_newest_correction_wins(lexicon: Lexicon) -> None:
    taught = learn(
        lexicon, [Correction("customers", "老三江", "三江化工"), Correction("customers", "老三江", "三江食品")]
    )
    assert records("老三江合同签了", taught)[0]["customer"] == "三江食品"
    again = learn(taught, [Correction("customers", "老三江", "三江化工")])
    assert records("老三江合同签了", again)[0]["customer"] == "三江化工"


@pytest.mark.parametrize("heard", ["今天", "江", "鼎盛钢构"])
def test_what_would_hit_everywhere_is_not_learnt(lexicon: Lexicon, heard: str) -> None:
    assert learn(lexicon, [Correction("customers", heard, "江南纺织")]) == lexicon


def test_an_unknown_name_teaches_nothing(lexicon: Lexicon) -> None:
    assert learn(lexicon, [Correction("customers", "某某公司", "没有这家")]) == lexicon
