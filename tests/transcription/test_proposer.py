"""Proposals of a language model: only what the rules left empty, only what stands in the message."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.transcription.conftest import NOW
from transcription.draft import Draft
from transcription.lexicon import Lexicon
from transcription.proposer import PROPOSED, ModelSilent, ProposerSettings, merged, propose
from transcription.understanding import understand

TEXT = "江南纺织老板松口了，钱的事他来想办法"


def draft(lexicon: Lexicon) -> Draft:
    return understand(TEXT, now=NOW, lexicon=lexicon).drafts[0]


def test_a_fitting_proposal_fills_an_empty_slot(lexicon: Lexicon) -> None:
    slot = merged(draft(lexicon), {"signal": {"value": "积极", "words": "松口了"}}, TEXT).slots["signal"]
    assert (slot.value, slot.words, slot.confidence) == ("积极", "松口了", PROPOSED)
    assert TEXT[slot.start : slot.end] == "松口了"


@pytest.mark.parametrize(
    "proposal",
    [
        {"signal": {"value": "非常积极", "words": "松口了"}},
        {"signal": {"value": "积极", "words": "很开心"}},
        {"signal": "积极"},
        {"signal": {"value": 1, "words": "松口了"}},
        {"contact": {"value": "王总", "words": "老板"}},
        {"next_at": {"value": "2026-05-20", "words": "江南"}},
        {"customer": {"value": "江南纺织", "words": "江南纺织"}},
        {"unknown": {"value": "x", "words": "老板"}},
    ],
)
def test_everything_else_is_refused(lexicon: Lexicon, proposal: dict[str, Any]) -> None:
    before = draft(lexicon)
    assert merged(before, proposal, TEXT).slots == before.slots


async def answering(answer: str, status: int = 200) -> TestServer:
    async def complete(request: web.Request) -> web.Response:
        assert (await request.json())["model"] == "small"
        return web.json_response({"choices": [{"message": {"content": answer}}]}, status=status)

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    server = TestServer(app)
    await server.start_server()
    return server


async def test_over_the_wire(lexicon: Lexicon) -> None:
    server = await answering(json.dumps({"signal": {"value": "积极", "words": "松口了"}}))
    found = understand(TEXT, now=NOW, lexicon=lexicon)
    async with aiohttp.ClientSession() as session:
        better = await propose(found, ProposerSettings(str(server.make_url("/v1")), "small", key="k"), session)
    assert better.drafts[0].value("signal") == "积极"
    await server.close()


@pytest.mark.parametrize(("answer", "status"), [("no json", 200), ("{}", 500)])
async def test_a_useless_answer_is_an_error_with_the_address(lexicon: Lexicon, answer: str, status: int) -> None:
    server = await answering(answer, status)
    found = understand(TEXT, now=NOW, lexicon=lexicon)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ModelSilent, match="语言模型"):
            await propose(found, ProposerSettings(str(server.make_url("/v1")), "small"), session)
    await server.close()
