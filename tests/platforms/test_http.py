"""The pool: whole answers of any status, typed errors for everything else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import MediaRefused, RetryAfter
from bot.platforms.http import Http, Reply


async def _hello(request: web.Request) -> web.Response:
    return web.json_response({"said": request.query.get("q", "")}, status=418, headers={"X-Tt-Logid": "log1"})


async def _large(request: web.Request) -> web.Response:
    return web.Response(body=b"x" * 5000)


async def _elsewhere(request: web.Request) -> web.Response:
    raise web.HTTPFound("http://127.0.0.1:1/stolen")


async def _silent(request: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def _slow_file(request: web.Request) -> web.StreamResponse:
    """A file on a thin line: always moving, longer on its way than an answer may take."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(6):
        await response.write(b"x" * 100)
        await asyncio.sleep(0.05)
    return response


async def _dying(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    app = web.Application()
    for path, handler in {
        "/hello": _hello,
        "/large": _large,
        "/302": _elsewhere,
        "/silent": _silent,
        "/slow": _slow_file,
        "/dying": _dying,
    }.items():
        app.router.add_get(path, handler)
    running = TestServer(app)
    async with running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(timeout=timedelta(milliseconds=200)) as pool:
        yield pool


async def test_an_answer_of_any_status_comes_back_whole(server: TestServer, http: Http) -> None:
    reply = await http.call("GET", str(server.make_url("/hello")), params={"q": "宏达"})
    assert (reply.status, reply.json(), reply.headers["x-tt-logid"]) == (418, {"said": "宏达"}, "log1")


async def test_redirects_are_not_followed(server: TestServer, http: Http) -> None:
    assert (await http.call("GET", str(server.make_url("/302")))).status == 302


@pytest.mark.parametrize("path", ["/silent", "/dying"])
async def test_silence_and_broken_connections_may_be_tried_again(server: TestServer, http: Http, path: str) -> None:
    with pytest.raises(RetryAfter):
        await http.call("GET", str(server.make_url(path)))


async def test_nobody_listening_is_retry_after_without_the_query_in_the_words(http: Http) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(RetryAfter) as caught:
            await http.call("GET", f"http://127.0.0.1:{port}/cgi?access_token=s3cret")
    assert "s3cret" not in str(caught.value)


async def test_an_answer_over_the_cap_is_not_kept(server: TestServer, http: Http) -> None:
    with pytest.raises(RetryAfter, match="more than 4999 bytes"):
        await http.call("GET", str(server.make_url("/large")), limit=4999)
    assert len((await http.call("GET", str(server.make_url("/large")), limit=5000)).body) == 5000


async def test_downloads_come_only_from_known_hosts_and_within_the_cap(server: TestServer, http: Http) -> None:
    url, hosts = str(server.make_url("/large")), {f"127.0.0.1:{server.port}"}
    assert len((await http.download(url, hosts=hosts, limit=5000)).body) == 5000
    with pytest.raises(MediaRefused, match="超过"):
        await http.download(url, hosts=hosts, limit=4999)
    with pytest.raises(MediaRefused, match="不在平台自己的服务器"):
        await http.download(url, hosts={"open.feishu.cn"}, limit=5000)


@pytest.mark.parametrize("body", [b"<html>502</html>", b"[1]", b"", b"\xff"])
def test_an_answer_without_a_json_object_is_somebody_else_speaking(body: bytes) -> None:
    with pytest.raises(RetryAfter, match="HTTP 502"):
        Reply(502, body).json()


async def test_a_file_that_keeps_moving_may_take_longer_than_an_answer(server: TestServer) -> None:
    async with Http(timeout=timedelta(milliseconds=200)) as pool:
        reply = await pool.download(str(server.make_url("/slow")), hosts=[f"127.0.0.1:{server.port}"], limit=10_000)
    assert len(reply.body) == 600


async def test_a_file_that_stands_still_is_given_up(server: TestServer) -> None:
    async with Http(timeout=timedelta(milliseconds=200)) as pool:
        with pytest.raises(RetryAfter, match="in time"):
            await pool.download(str(server.make_url("/silent")), hosts=[f"127.0.0.1:{server.port}"], limit=10_000)
