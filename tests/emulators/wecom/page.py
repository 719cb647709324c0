"""A small page to chat through the emulator by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.wecom.card_rules import selectors

if TYPE_CHECKING:
    from tests.emulators.wecom.emulator import WeComEmulator
    from tests.emulators.wecom.state import Seen

HTML = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>企业微信模拟器</title>
<style>
:root{color-scheme:light dark;--line:#8883}
body{font:15px/1.55 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;max-width:640px;margin:0 auto;padding:12px}
header,form{display:flex;gap:8px;margin:8px 0}input,select,button{font:inherit;padding:7px 10px;border-radius:8px;border:1px solid var(--line)}
form input{flex:1}.message{border:1px solid var(--line);border-radius:10px;padding:9px 12px;margin:8px 0;white-space:pre-wrap}
.message small{opacity:.65;display:block}.message button,.message select{margin:6px 6px 0 0}
</style>
<header><label>我是 <select id="who"></select></label><button id="enter">进入会话</button></header>
<main id="chat" aria-live="polite"></main>
<form id="say"><input name="text" placeholder="说点什么" autocomplete="off" aria-label="消息"><button>发送</button></form>
<script>
const who=document.getElementById('who'),chat=document.getElementById('chat');let shown='';
const call=(path,body)=>fetch('/emulator/'+path,{method:'POST',headers:{'Content-Type':'application/json'},body:JSON.stringify(body)});
function draw(messages){chat.replaceChildren(...messages.map(m=>{const box=document.createElement('div');box.className='message';
 const note=document.createElement('small');note.textContent=m.kind+(m.edited?' · 已更新':'');box.append(note,m.text||m.name);
 const row=document.createElement('div');for(const s of m.selectors){const field=document.createElement('select');field.multiple=s.many;field.dataset.key=s.key;
  field.setAttribute('aria-label',s.title||'选择');for(const o of s.options){const item=new Option(o.text,o.id,false,o.chosen);field.add(item)}row.append(field)}
 for(const label of m.buttons){const b=document.createElement('button');b.textContent=label;b.onclick=async()=>{const answers={};
  for(const f of row.querySelectorAll('select'))answers[f.dataset.key]=[...f.selectedOptions].map(o=>o.value);
  const done=await (await call('press',{user:who.value,id:m.id,label,answers})).json();if(done.url)window.open(done.url)};row.append(b)}
 box.append(row);return box}))}
async function look(){const state=await (await fetch('/emulator/inbox?user='+encodeURIComponent(who.value))).json();
 if(!who.options.length)for(const p of state.people)who.add(new Option(p.name,p.id));
 const text=JSON.stringify(state.messages);if(text!==shown){shown=text;draw(state.messages)}}
document.getElementById('say').onsubmit=async e=>{e.preventDefault();const text=e.target.text.value;e.target.reset();if(text)await call('say',{user:who.value,text})};
document.getElementById('enter').onclick=()=>call('enter',{user:who.value});who.onchange=()=>{shown='';look()};
look();setInterval(look,700);
</script></html>"""


class Page:
    """Loopback only: whoever opens it is whoever they say."""

    def __init__(self, emulator: WeComEmulator) -> None:
        self._emulator = emulator

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.get("/", self._show),
            web.get("/emulator/inbox", self._inbox),
            web.post("/emulator/say", self._say),
            web.post("/emulator/enter", self._enter),
            web.post("/emulator/press", self._press),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        return web.Response(text=HTML, content_type="text/html")

    async def _inbox(self, request: web.Request) -> web.Response:
        people = [{"id": user.id, "name": user.name} for user in self._emulator.tenant.users.values()]
        user = request.query.get("user") or (people[0]["id"] if people else "")
        return web.json_response(
            {"people": people, "messages": [_message(seen) for seen in self._emulator.inbox(user)]}
        )

    async def _say(self, request: web.Request) -> web.Response:
        said = await request.json()
        outcome = await self._emulator.says(said["user"], said["text"])
        return web.json_response({"statuses": outcome.statuses})

    async def _enter(self, request: web.Request) -> web.Response:
        outcome = await self._emulator.enters((await request.json())["user"])
        return web.json_response({"statuses": outcome.statuses})

    async def _press(self, request: web.Request) -> web.Response:
        said = await request.json()
        seen = next(one for one in self._emulator.inbox(said["user"]) if one.id == said["id"] and one.card is not None)
        outcome = await self._emulator.presses(said["user"], seen, said["label"], said["answers"])
        return web.json_response({"url": outcome} if isinstance(outcome, str) else {"statuses": outcome.statuses})


def _message(seen: Seen) -> dict[str, Any]:
    fields = list(selectors(seen.template)) if seen.card is not None and seen.buttons else []
    return {
        "id": seen.id,
        "kind": seen.kind,
        "text": seen.text,
        "name": seen.name,
        "buttons": seen.buttons,
        "edited": seen.edited,
        "selectors": [_selector(one) for one in fields],
    }


def _selector(one: Any) -> dict[str, Any]:
    chosen = one.get("selected_id")
    options = [
        {"id": each["id"], "text": each["text"], "chosen": each.get("is_checked", each["id"] == chosen)}
        for each in one["option_list"]
    ]
    return {"key": one["question_key"], "title": one.get("title", ""), "many": "mode" in one, "options": options}
