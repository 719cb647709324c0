// The page put together: who I am, what I see, and everything that happens live.

import { actAs, Failure, get, post } from "./api.js";
import { Composer } from "./composer.js";
import { byId, el } from "./dom.js";
import { Sending } from "./sending.js";
import { drawToday, Side } from "./side.js";
import { listen } from "./stream.js";
import { Thread } from "./thread.js";
import { clockTime, dayWords, now, setNow, setZone } from "./times.js";

// In a frame of another page, which has its own clock and says whom it plays.
const EMBEDDED = new URL(location.href).searchParams.has("embed");
const HINT_LASTS = { typing: 20000, voice: 120000 };

class Chat {
  constructor() {
    this.thread = new Thread({ seen: (last) => this.seen(last) });
    this.sending = new Sending(this);
    this.composer = new Composer({ say: this.sending, notice: (words) => this.notice(words) });
    this.side = new Side({ become: (user) => this.become(user), open: (room) => this.openRoom(room, true) });
    this.rooms = [];
    this.room = "";
    this.read = new Map();
    byId("older").addEventListener("click", () => this.older());
    for (const chip of byId("clock").querySelectorAll("button")) chip.addEventListener("click", () => this.moveClock(chip));
    document.addEventListener("visibilitychange", () => this.seen(this.thread.last));
    setInterval(() => this.tick(), 1000);
  }

  /** Everything afresh, as `user` (empty: whoever the address or the login says). */
  async start(user) {
    actAs(user);
    const everything = await get("people");
    this.me = everything.me;
    this.hasToday = true;
    this.everyone = everything;
    actAs(everything.demo ? this.me.user : "");
    setZone(everything.zone);
    setNow(everything.now);
    byId("company").textContent = everything.title;
    byId("clock").hidden = EMBEDDED || !everything.demo || !everything.clock;
    this.composer.commands = everything.commands;
    this.composer.largest = everything.file_bytes;
    this.side.people(EMBEDDED ? [] : everything.people, this.me.user);
    this.tick();
    this.close?.();
    this.close = listen({
      hello: (fields) => this.hello(fields),
      message: (message) => this.arrived(message),
      update: (message) => this.changed(message),
      read: (fields) => this.wasRead(fields),
      hint: (fields) => this.hint(fields),
      clock: (fields) => this.clockMoved(fields),
      elsewhere: () => this.countPeople(),
      down: (isDown) => this.line(isDown),
    });
  }

  async become(user) {
    this.side.drawer(false);
    if (user === this.me.user) return;
    const address = new URL(location.href);
    address.searchParams.set("as", user);
    history.replaceState(null, "", address);
    this.room = "";
    this.composer.leave();
    this.thread.open(user, `user:${user}`, []);
    this.hint({ busy: false });
    await this.guarded(() => this.start(user));
  }

  async hello(fields) {
    setNow(fields.now);
    if (!fields.fresh) return;
    await this.guarded(async () => {
      await this.readRooms();
      if (this.room) this.merge(await get("messages", { conversation: this.room }));
      else await this.openRoom(this.wantedRoom());
      await this.readToday();
    });
  }

  wantedRoom() {
    const wanted = new URL(location.href).searchParams.get("c");
    return this.rooms.some((room) => room.id === wanted) ? wanted : this.rooms[0].id;
  }

  async readRooms() {
    this.rooms = (await get("conversations")).conversations;
    this.drawRooms();
  }

  drawRooms() {
    this.side.rooms(this.rooms, this.room);
    const room = this.rooms.find((one) => one.id === this.room);
    this.side.here(room?.title ?? "跟进", `${this.me.name} · ${this.me.role_title}`);
  }

  async openRoom(id, chosen = false) {
    this.side.drawer(false);
    const address = new URL(location.href);
    if (chosen) address.searchParams.set("c", id);
    history.replaceState(null, "", address);
    this.room = id;
    this.hint({ busy: false });
    this.drawRooms();
    this.composer.open(this.me.user, id);
    await this.guarded(async () => {
      const page = await get("messages", { conversation: id });
      if (this.room !== id) return;
      this.thread.open(this.me.user, id, page.messages);
      this.sending.again(id, this.me.user);
      byId("older").hidden = !page.more;
      this.empty();
      if (!EMBEDDED && !page.messages.length && id.startsWith("user:")) await post("enter", {});
      if (chosen && matchMedia("(pointer: fine)").matches) byId("entry").focus();
    });
  }

  merge(page) {
    this.thread.merge(page.messages);
    this.thread.following && this.thread.toEnd(false);
    this.empty();
  }

  async older() {
    await this.guarded(async () => {
      const page = await get("messages", { conversation: this.room, before: this.thread.first });
      this.thread.above(page.messages);
      byId("older").hidden = !page.more;
    });
  }

  empty() {
    const box = byId("empty");
    box.hidden = this.thread.bubbles.size > 0;
    const group = this.room.startsWith("group:");
    const examples = group ? [] : this.everyone.examples.map((text) => el("button", { class: "chip", type: "button", onclick: () => this.composer.fill(text) }, text));
    const words = group ? "群里还没有消息。@跟进 就能问它。" : "说一句今天的进展就行，打字或按麦克风都可以。比如：";
    box.replaceChildren(el("p", {}, words), el("div", { class: "chips" }, examples));
  }

  // What happens.

  arrived(message) {
    const room = this.rooms.find((one) => one.id === message.conversation);
    if (!room) return void this.guarded(() => this.readRooms());
    if (!room.last || room.last.id < message.id) {
      room.last = message;
      if (message.author !== this.me.user) room.unread += 1;
    }
    if (message.conversation === this.room) {
      this.thread.show(message);
      this.empty();
      if (message.author === "bot") this.hint({ conversation: this.room, busy: false });
    }
    this.drawRooms();
    this.soonToday();
  }

  changed(message) {
    const room = this.rooms.find((one) => one.id === message.conversation);
    if (room?.last?.id === message.id) room.last = message;
    if (message.conversation === this.room && this.thread.find(message)) this.thread.show(message);
    if (message.author === "bot") this.hint({ conversation: message.conversation, busy: false });
    this.drawRooms();
    this.soonToday();
  }

  async seen(last) {
    if (!last || document.hidden || !this.room || (this.read.get(this.room) ?? 0) >= last) return;
    const room = this.room;
    this.read.set(room, last);
    await post("read", { conversation: room, upto: last }).catch(() => this.read.delete(room));
  }

  wasRead({ conversation, unread }) {
    const room = this.rooms.find((one) => one.id === conversation);
    if (!room) return;
    room.unread = unread;
    this.drawRooms();
    this.countPeople();
  }

  hint({ conversation = this.room, busy, text = "" }) {
    if (conversation !== this.room) return;
    clearTimeout(this.hintTimer);
    byId("hint").hidden = !busy;
    byId("hint-words").textContent = text || "正在处理…";
    if (!busy) return;
    if (this.thread.following) this.thread.toEnd(true);
    this.hintTimer = setTimeout(() => (byId("hint").hidden = true), text ? HINT_LASTS.voice : HINT_LASTS.typing);
  }

  async moveClock(chip) {
    for (const other of byId("clock").querySelectorAll("button")) other.disabled = true;
    chip.classList.add("working");
    await this.guarded(() => post("clock", { to: chip.dataset.to }));
    for (const other of byId("clock").querySelectorAll("button")) other.disabled = false;
    chip.classList.remove("working");
  }

  clockMoved(fields) {
    setNow(fields.now);
    this.tick();
    this.thread.times();
    this.drawRooms();
    this.soonToday();
  }

  tick() {
    byId("now").textContent = `${dayWords(now())} ${clockTime(now())}`;
  }

  countPeople() {
    if (!this.everyone.demo || EMBEDDED) return;
    clearTimeout(this.peopleTimer);
    this.peopleTimer = setTimeout(async () => {
      const { people } = await get("people");
      this.side.people(people, this.me.user);
    }, 200);
  }

  soonToday() {
    clearTimeout(this.todayTimer);
    if (this.hasToday) this.todayTimer = setTimeout(() => this.readToday(), 800);
  }

  async readToday() {
    const today = await get("today").catch(() => null);
    this.hasToday = Boolean(today);
    drawToday(today);
  }

  line(isDown) {
    clearTimeout(this.lineTimer);
    if (!isDown) {
      if (this.lost) this.notice("");
      this.lost = false;
      return;
    }
    this.lineTimer = setTimeout(() => {
      this.lost = true;
      this.notice("连接断了，正在重连；写的字都还在。", true);
    }, 1500);
  }

  notice(words, stays = false) {
    const box = byId("notice");
    clearTimeout(this.noticeTimer);
    box.textContent = words;
    box.hidden = !words;
    if (words && !stays) this.noticeTimer = setTimeout(() => (box.hidden = true), 6000);
  }

  async guarded(work) {
    try {
      return await work();
    } catch (failure) {
      this.notice(failure instanceof Failure ? failure.words : "页面出了点问题，请刷新再试。", failure.status === 401);
      if (!(failure instanceof Failure)) throw failure;
    }
  }
}

const chat = new Chat();
chat.guarded(() => chat.start(new URL(location.href).searchParams.get("as") ?? ""));
