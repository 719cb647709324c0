"""What messages tell of people, competitors and policies, with the words that tell it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from transcription.findings import Finding, find
from transcription.lexicon import Entry, Lexicon
from transcription.transcript import Segment, Transcript
from transcription.understanding import read, understand

NOW = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
LEXICON = Lexicon(
    customers=(Entry("东岳纺织"), Entry("嘉禾医院")), competitors=(Entry("捷创"), Entry("倍拓"), Entry("Keyence"))
)


def found(text: str, heard: bool = False) -> list[list[Finding]]:
    return [list(group) for group in find(read(text, now=NOW, lexicon=LEXICON, calendar=None, heard=heard))]


def brief(text: str) -> list[tuple[str, ...]]:
    (group,) = found(text)
    return [
        tuple(part for part in (one.told.kind, one.told.name, one.told.news, one.told.title) if part) for one in group
    ]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("东岳纺织孙总离职了", [("孙总", "离开")]),
        ("东岳纺织的孙总上个月退休了，现在由周总负责", [("孙总", "离开"), ("周总", "接手")]),
        ("东岳纺织换人了，新来的采购部吴经理", [("吴经理", "接手")]),
        ("东岳纺织孙总被调到总部去了，工作交给了周工", [("孙总", "离开"), ("周工", "接手")]),
        ("东岳纺织现在对接的人是吴经理", [("吴经理", "接手")]),
        ("东岳纺织孙经理升副总了", [("孙经理", "换职务", "副总")]),
        ("东岳纺织孙经理现在是采购总监了", [("孙经理", "换职务", "采购总监")]),
        ("东岳纺织孙总和周工都辞职了", [("孙总", "离开"), ("周工", "离开")]),
        ("东岳纺织孙总不负责采购了，周总接手", [("孙总", "离开"), ("周总", "接手")]),
        ("东岳纺织孙总没走", [("孙总",)]),
        ("东岳纺织孙总可能要离职", [("孙总",)]),
        ("东岳纺织孙总下个月离职", [("孙总",)]),
        ("东岳纺织孙总今天不在，见了周工", [("孙总",), ("周工",)]),
        ("东岳纺织孙总走了以后我才到", [("孙总",)]),
        ("东岳纺织孙经理想升总监", [("孙经理",)]),
        ("见了东岳纺织设备科的孙工", [("孙工",)]),
    ],
)
def test_people(text: str, people: list[tuple[str, ...]]) -> None:
    assert [one[1:] for one in brief(text) if one[0] == "person"] == people


@pytest.mark.parametrize(
    ("text", "news", "price", "words"),
    [
        ("东岳纺织已寄样，捷创报价9万6", "报价", 96000, "捷创报价9万6"),
        (
            "捷创给东岳纺织报了12万，比我们低，还答应账期60天",
            "降价",
            120000,
            "捷创给东岳纺织报了12万，比我们低，还答应账期60天",
        ),
        ("东岳纺织说捷创又降了三个点", "降价", None, "东岳纺织说捷创又降了三个点"),
        ("捷创给东岳纺织免费送了一台样机试用", "试用", None, "捷创给东岳纺织免费送了一台样机试用"),
        ("东岳纺织最后选了捷创", "中标", None, "东岳纺织最后选了捷创"),
        ("东岳纺织说捷创的设备老坏，售后也跟不上", "出问题", None, "东岳纺织说捷创的设备老坏，售后也跟不上"),
        ("捷创的人天天往东岳纺织跑，找了老板", "挖人", None, "捷创的人天天往东岳纺织跑，找了老板"),
        ("东岳纺织说捷创没降价", "提到", None, "东岳纺织说捷创没降价"),
        ("东岳纺织拿捷创的报价压我们，我们报9万", "报价", None, "东岳纺织拿捷创的报价压我们"),
        ("Keyence给东岳纺织承诺质保三年", "条件", None, "Keyence给东岳纺织承诺质保三年"),
    ],
)
def test_competitors(text: str, news: str, price: int | None, words: str) -> None:
    (group,) = found(text)
    (told,) = [one for one in group if one.told.kind == "rival"]
    assert (told.told.news, told.told.price, told.words) == (news, price, words)


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("东岳纺织说浙发改〔2026〕8号下来了", [("浙发改〔2026〕8号",)]),
        ("东岳纺织按苏政办发[2025]31号申请", [("苏政办发〔2025〕31号",)]),
        ("东岳纺织在等国办函（2026）4号", [("国办函〔2026〕4号",)]),
        ("嘉禾医院要执行卫医发2026年5号文", [("卫医发〔2026〕5号",)]),
        ("嘉禾医院集采又压价，要等下半年", [("集采", "不利")]),
        ("东岳纺织设备更新补贴批了，要换设备", [("设备更新补贴", "利好")]),
        ("东岳纺织环保督查停产两周", [("环保督查", "不利")]),
        ("嘉禾医院按《医疗器械采购管理办法》走流程", [("《医疗器械采购管理办法》",)]),
        ("东岳纺织要求符合GB/T 2912.1-2009", [("GB/T 2912.1-2009",)]),
        ("东岳纺织合同编号是DY-2026-018", [("合同编号是DY-2026-018",)]),
        ("我们给东岳纺织补贴运费", []),
        ("捷创给东岳纺织专项补贴", []),
        ("东岳纺织下周12号再谈，报价2026元", []),
        ("东岳纺织3号楼2026年完工", []),
    ],
)
def test_policies(text: str, policies: list[tuple[str, ...]]) -> None:
    assert [one[1:] for one in brief(text) if one[0] == "policy"] == policies


def test_each_customer_has_its_own() -> None:
    text = "东岳纺织孙总离职了，捷创报价9万。嘉禾医院集采要压价，周主任说再等等"
    first, second = found(text)
    assert [one.told.name for one in first] == ["孙总", "捷创"]
    assert [one.told.name for one in second] == ["周主任", "集采"]
    assert len(understand(text, now=NOW, lexicon=LEXICON).drafts) == 2


def test_who_left_here_and_who_took_over_there_are_no_change_of_hands() -> None:
    first, second = found("东岳纺织孙总离职了。嘉禾医院周主任接手了")
    assert [(one.told.before, one.told.after) for group in (first, second) for one in group] == [("", ""), ("", "")]


def test_the_words_know_their_seconds_and_survive_being_kept() -> None:
    text = "东岳纺织捷创报价9万6。"
    message = read(text, now=NOW, lexicon=LEXICON, calendar=None, heard=True)
    ((told,),) = find(message, Transcript(text, (Segment(text, 0.0, 6.0),), 6.0))
    assert told.seconds == (0.0, 5.5)
    assert Finding.from_json(told.to_json()).to_json() == told.to_json()
    assert told.to_json()["price"] == "96000"
