from __future__ import annotations

import pytest

from rules.visits import INCOMPLETE, VERIFIED, UnknownKind, judge, requirements

SETS = {"客户拜访": ["position", "photo", "solved|voice"], "铺货检查": ["code", "position", "photo"]}
TITLES = {"position": "当前位置", "photo": "现场照片", "solved": "拜访记录", "voice": "语音备忘"}


@pytest.mark.parametrize(
    ("given", "state", "said"),
    [
        ({"position", "photo", "solved"}, VERIFIED, ""),
        ({"position", "photo", "voice"}, VERIFIED, ""),
        ({"photo", "voice", "code"}, INCOMPLETE, "当前位置"),
        ({"position"}, INCOMPLETE, "现场照片、拜访记录或语音备忘"),
        (set(), INCOMPLETE, "当前位置、现场照片、拜访记录或语音备忘"),
    ],
)
def test_what_a_customer_visit_lacks(given: set[str], state: str, said: str) -> None:
    verdict = judge(requirements("客户拜访", SETS), given)
    assert (verdict.state, verdict.said(TITLES)) == (state, said)


def test_other_evidence_never_makes_up_for_a_missing_piece() -> None:
    assert judge(requirements("铺货检查", SETS), {"position", "photo", "solved", "voice"}).missing == (("code",),)


def test_an_unknown_kind_names_the_kinds_there_are() -> None:
    with pytest.raises(UnknownKind, match="没有「路过」这种拜访；现有：客户拜访、铺货检查"):
        requirements("路过", SETS)
