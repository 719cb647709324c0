"""Who is meant, and what is new."""

from __future__ import annotations

import pytest

from rules.key_people import LEFT, NEW, NEW_TITLE, TOOK_OVER, Called, Known, Unclear, change, meant

WANG = Known(1, "王经理", Called("王", title="经理"), title="采购经理")
ZHANG = Known(2, "张敏", Called("张", "敏"))
LI = Known(3, "李总", Called("李", title="总"), left=True)
LINDA = Known(4, "Linda", Called("Linda"))
EVERYBODY = (WANG, ZHANG, LI, LINDA)


@pytest.mark.parametrize(
    ("spoken", "called", "who"),
    [
        ("王经理", Called("王", title="经理"), WANG),
        ("老王", Called("王"), WANG),
        ("王姐", Called("王", title="姐"), WANG),
        ("王工", Called("王", title="工"), None),
        ("王建国", Called("王", "建国"), WANG),
        ("张经理", Called("张", title="经理"), ZHANG),
        ("张伟", Called("张", "伟"), None),
        ("李总监", Called("李", title="总监"), LI),
        ("李工", Called("李", title="工"), None),
        ("linda", Called("linda"), LINDA),
        ("赵总", Called("赵", title="总"), None),
    ],
)
def test_who_is_meant(spoken: str, called: Called, who: Known | None) -> None:
    assert meant(spoken, called, EVERYBODY) == who


def test_several_are_never_guessed() -> None:
    other = Known(5, "张伟", Called("张", "伟"))
    with pytest.raises(Unclear):
        meant("张总", Called("张", title="总"), (ZHANG, other))
    gone = Known(5, "张伟", Called("张", "伟"), left=True)
    assert meant("张总", Called("张", title="总"), (ZHANG, gone)) == ZHANG


@pytest.mark.parametrize(
    ("news", "title", "known", "kind"),
    [
        ("", "", None, NEW),
        ("", "", WANG, None),
        (LEFT, "", None, LEFT),
        (LEFT, "", WANG, LEFT),
        (LEFT, "", LI, None),
        (TOOK_OVER, "", WANG, TOOK_OVER),
        (TOOK_OVER, "", Known(6, "赵总", Called("赵", title="总"), in_charge=True), None),
        (TOOK_OVER, "", Known(6, "赵总", Called("赵", title="总"), left=True, in_charge=True), TOOK_OVER),
        (NEW_TITLE, "总监", WANG, NEW_TITLE),
        (NEW_TITLE, "采购经理", WANG, None),
        (NEW_TITLE, "总监", None, NEW_TITLE),
    ],
)
def test_what_is_new(news: str, title: str, known: Known | None, kind: str | None) -> None:
    assert change(news, title, known) == kind
