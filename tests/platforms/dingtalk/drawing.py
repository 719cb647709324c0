"""Random neutral cards, to see that every one of them can be drawn."""

from __future__ import annotations

from hypothesis import strategies as st

from cards.model import (
    Button,
    Card,
    Chain,
    Due,
    Fact,
    Facts,
    Input,
    InputKind,
    Link,
    Option,
    Picture,
    Source,
    Style,
    Table,
    Tag,
    Tags,
    Text,
    Tone,
)

WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n"), max_size=40
)
LONG = st.one_of(WORDS, st.builds(lambda word, times: (word or "长") * times, WORDS, st.integers(1, 200)))
TONES = st.sampled_from(Tone)
OPTIONS = st.lists(st.builds(Option, value=st.text("abc123", min_size=1, max_size=6), label=WORDS), max_size=40).map(
    tuple
)

BLOCKS = st.one_of(
    st.builds(Text, text=LONG),
    st.builds(Facts, facts=st.lists(st.builds(Fact, label=WORDS, value=LONG, tone=TONES), max_size=4).map(tuple)),
    st.builds(Tags, tags=st.lists(st.builds(Tag, text=WORDS, tone=TONES), max_size=4).map(tuple)),
    st.builds(Chain, links=st.lists(st.builds(Link, who=WORDS, what=WORDS), max_size=4).map(tuple)),
    st.builds(Due, text=WORDS, tone=TONES),
    st.builds(Picture, attachment=st.just("0" * 64), alt=WORDS),
    st.builds(Table, columns=st.just(("客户", "金额")), rows=st.lists(st.tuples(WORDS, WORDS), max_size=9).map(tuple)),
)


@st.composite
def inputs(draw: st.DrawFn) -> tuple[Input, ...]:
    """Inputs with distinct names."""
    count = draw(st.integers(0, 15))
    return tuple(
        Input(
            name=f"field_{number}",
            label=draw(WORDS),
            kind=draw(st.sampled_from(InputKind)),
            value=draw(st.one_of(WORDS, st.lists(WORDS, max_size=3).map(tuple))),
            options=draw(OPTIONS),
            required=draw(st.booleans()),
            problem=draw(WORDS),
            source=draw(st.none() | st.builds(Source, text=WORDS)),
        )
        for number in range(count)
    )


BUTTONS = st.lists(
    st.one_of(
        st.builds(
            Button,
            label=st.text("确认撤销转给别人", min_size=1, max_size=6),
            action=st.fixed_dictionaries({"a": st.just("x.y"), "id": st.integers(), "note": LONG}),
            submits=st.booleans(),
            style=st.sampled_from(Style),
            confirm=WORDS,
        ),
        st.builds(
            Button,
            label=st.text("打开页面", min_size=1, max_size=4),
            url=st.just("https://genjin.example.com/p?a=1&b=2"),
        ),
    ),
    max_size=8,
).map(tuple)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    blocks = (*draw(st.lists(BLOCKS, max_size=5)), *draw(inputs()))
    return Card(title=draw(LONG), lead=draw(LONG), blocks=blocks, buttons=draw(BUTTONS), summary=draw(WORDS))
