// One platform's client: the chat with the bot, drawn as that platform draws it, and what the person can do in it.

import { avatar, clockTime, dayWords, el, icon } from "./dom.js";
import * as dingtalk from "./dingtalk.js";
import * as feishu from "./feishu.js";
import { blocks } from "./markup.js";
import * as wecom from "./wecom.js";

const DRAWN = { feishu, dingtalk, wecom };
const NEAR = 80; // Pixels from the end that still count as looking at the newest.
const PAUSE = 5 * 60000; // A silence after which the time is said again.
const NOTICE = 3500;

export class Phone {
  /** `base`: where its requests go; `done()`: look again, something happened; `examples`: what one might say first. */
  constructor({ platform, base, done, examples = [] }) {
    this.platform = platform;
    this.base = base;
    this.done = done;
    this.user = "";
    this.chat = "";
    this.items = new Map();
    this.list = el("ol", { class: "messages", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.hello = el("div", { class: "hello" });
    this.suggest(examples);
    this.pane = el("div", { class: "chat", tabindex: 0, "aria-label": "消息" }, this.hello, this.list);
    this.words = el("output", { class: "notice", role: "status" });
    this.title = el("b", {}, "跟进");
    this.state = el("span", { class: "online" });
    this.switch = el("select", { class: "rooms", "aria-label": "会话", hidden: true, onchange: () => this.open(this.switch.value) });
    this.node = el("section", { class: "phone", "data-platform": platform }, el("header", { class: "bar" }, face("跟"), this.title, el("span", { class: "kind" }, "机器人"), this.switch, this.state), this.pane, this.words, this.composer());
    new ResizeObserver(() => this.follows && this.toEnd()).observe(this.list);
    this.pane.addEventListener("scroll", () => (this.follows = this.atEnd()), { passive: true });
    this.follows = true;
  }

  composer() {
    this.entry = el("textarea", { rows: 1, "aria-label": "说点什么", placeholder: "发消息", enterkeyhint: "send" });
    this.entry.addEventListener("keydown", (event) => this.key(event));
    this.entry.addEventListener("input", () => this.grow());
    this.chooser = el("input", { type: "file", hidden: true });
    this.chooser.addEventListener("change", () => this.take([...this.chooser.files]));
    this.attach = el("button", { type: "button", class: "icon", "aria-label": "照片、录音、文件", title: "照片、录音、文件", onclick: () => this.chooser.click() }, icon("plus"));
    this.stand = el("button", { type: "button", class: "icon", "aria-label": "发位置", title: "发位置（演示里总在同一处）", onclick: () => this.post("stand", {}) }, icon("pin"));
    const send = el("button", { type: "submit", class: "icon go", "aria-label": "发送", title: "发送" }, icon("send"));
    const form = el("form", { class: "say" }, this.attach, this.stand, this.entry, this.chooser, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
    return form;
  }

  /** What one might say first. */
  suggest(examples) {
    const chip = (text) => el("button", { type: "button", class: "chip", onclick: () => this.fill(text) }, text);
    this.hello.replaceChildren(el("p", {}, "还没有消息。可以说："), ...examples.map(chip));
  }

  /** Shows a state of somebody's phone; what did not change stays as it is, half-filled forms among it. */
  show(user, state) {
    if (user !== this.user) this.clear(user);
    this.stand.hidden = !state.can.includes("position");
    this.state.textContent = state.online ? "" : "机器人不在线";
    this.switch.hidden = state.chats.length < 2;
    this.title.hidden = !this.switch.hidden;
    if (this.switch.options.length !== state.chats.length) this.switch.replaceChildren(...state.chats.map((one) => el("option", { value: one.id, selected: one.id === this.chat }, one.title)));
    const kept = new Set();
    let before = null;
    for (const message of state.messages) {
      const key = message.key ?? message.id;
      kept.add(key);
      this.put(key, message, before);
      before = message;
    }
    for (const [key, item] of this.items) if (!kept.has(key)) this.drop(key, item);
    this.hello.hidden = this.items.size > 0;
    if (this.follows) this.toEnd();
  }

  clear(user) {
    this.user = user;
    this.items.clear();
    this.list.replaceChildren();
    this.notice("");
    this.entry.value = "";
    this.grow();
    this.follows = true;
  }

  open(chat) {
    const { user } = this;
    this.chat = chat;
    this.clear(user);
    this.done();
  }

  put(key, message, before) {
    const text = JSON.stringify(message);
    const known = this.items.get(key);
    if (known?.text === text) return;
    const node = this.bubble(message, before);
    if (known) {
      node.classList.add("changed");
      known.node.replaceWith(node);
    } else this.list.append(node);
    this.items.set(key, { text, node });
  }

  drop(key, item) {
    item.node.remove();
    this.items.delete(key);
  }

  bubble(message, before) {
    const at = new Date(message.at);
    const pause = !before || at - new Date(before.at) >= PAUSE;
    const when = pause ? el("time", { class: "when", datetime: message.at }, `${dayWords(at)} ${clockTime(at)}`) : null;
    const by = !message.mine && message.by ? el("div", { class: "by" }, message.by) : null;
    const body = message.kind === "card" ? DRAWN[this.platform].drawCard(message, this) : el("div", { class: `bubble ${message.kind}` }, this.inside(message));
    const edited = message.edits && !message.card?.template?.replace_text ? el("div", { class: "edited" }, "已更新") : null;
    const who = message.mine ? null : message.by ? avatar(message.by) : face("跟");
    return el("li", { class: `msg${message.mine ? " me" : ""}` }, when, who, el("div", { class: "column" }, by, body, edited));
  }

  inside(message) {
    if (message.kind === "picture") return el("img", { class: "shot", src: this.media(message.media), alt: "图片" });
    if (message.kind === "voice") return [icon("voice"), message.text];
    if (message.kind === "position") return [icon("pin"), message.text];
    if (message.kind === "file") return [icon("paper"), el("a", { href: this.media(message.media), download: message.text }, message.text)];
    if (message.kind === "markdown") return blocks(message.text, (key) => this.media(key));
    return message.text;
  }

  media(key) {
    return `${this.base}/media/${encodeURIComponent(key)}`;
  }

  // What the person does.

  say() {
    const text = this.entry.value.trim();
    if (!text) return;
    this.fill("");
    this.follows = true;
    this.post("say", { text });
  }

  press(message, label, answers) {
    return this.post("press", { message: message.id, label, answers });
  }

  async take(files) {
    this.chooser.value = "";
    this.follows = true;
    for (const file of files) {
      const form = new FormData();
      const fields = { user: this.user, chat: this.chat, seconds: file.type.startsWith("audio/") ? await length(file) : 0 };
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append("file", file, file.name);
      await this.post("send", form);
    }
  }

  async post(path, body) {
    const form = body instanceof FormData;
    const sent = form ? body : JSON.stringify({ user: this.user, chat: this.chat, ...body });
    const headers = form ? {} : { "Content-Type": "application/json" };
    const asked = fetch(`${this.base}/${path}`, { method: "POST", headers, body: sent });
    this.done();
    const happened = await asked.then((response) => (response.ok ? response.json() : Promise.reject(response))).catch(() => ({ notice: "没有发出去，请再试一次。" }));
    if (happened.notice) this.notice(happened.notice);
    if (happened.url) window.open(happened.url, "_blank", "noopener");
    await this.done();
  }

  async notice(words) {
    clearTimeout(this.timer);
    this.words.textContent = words;
    if (words) this.timer = setTimeout(() => (this.words.textContent = ""), NOTICE);
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.say();
  }

  fill(text) {
    this.entry.value = text;
    this.grow();
    this.entry.focus();
  }

  grow() {
    this.entry.style.height = "";
    if (this.entry.value) this.entry.style.height = `${Math.min(120, this.entry.scrollHeight + 2)}px`;
  }

  atEnd() {
    return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < NEAR;
  }

  toEnd() {
    this.pane.scrollTop = this.pane.scrollHeight;
  }
}

const face = (letter) => el("span", { class: "avatar bot", "aria-hidden": "true" }, letter);

/** Seconds of a recording, as far as the browser can tell. */
function length(file) {
  return new Promise((tell) => {
    const sound = new Audio(URL.createObjectURL(file));
    sound.onloadedmetadata = () => tell(Number.isFinite(sound.duration) ? sound.duration : 0);
    sound.onerror = () => tell(0);
  });
}
