// Four chats of one person beside each other: the built-in web chat in a frame, the others drawn as their clients do.

import { avatar, clockTime, dayWords, el, setZone } from "./dom.js";
import { Phone } from "./phone.js";

const PLACES = [
  { platform: "console", name: "网页聊天", note: "自带，不要账号" },
  { platform: "feishu", name: "飞书", note: "卡片里填表" },
  { platform: "dingtalk", name: "钉钉", note: "互动卡片，表单模板" },
  { platform: "wecom", name: "企业微信", note: "模板卡片，放不下的在聊天里问" },
];
const NAMES = Object.fromEntries(PLACES.map((one) => [one.platform, one.name]));
const BASE = "/side-by-side";
const LOOK = 800; // Milliseconds between looks.
const EXAMPLES = {
  rep: ["宏达机械今天已报价，竞品压价，希望总监帮忙申请特价", "今日拜访 仁和医院"],
  admin: ["/doctor", "/sla", "/help"],
  other: ["/todo", "哪些客户好久没联系了", "/help"],
};
const narrow = matchMedia("(max-width: 899px)");

const byId = (id) => document.getElementById(id);

class Together {
  constructor() {
    this.user = new URL(location.href).searchParams.get("as") ?? "";
    this.known = "";
    this.read = new Map();
    this.faces = new Map();
    this.columns = PLACES.map((place) => this.column(place));
    byId("four").append(...this.columns.map((one) => one.node));
    byId("tabs").append(...this.columns.map((one) => one.tab));
    byId("tabs").addEventListener("keydown", (event) => this.arrows(event));
    this.turn(this.columns[0]);
    for (const pill of byId("clock").querySelectorAll("button")) pill.addEventListener("click", () => this.move(pill));
    narrow.addEventListener("change", () => this.turn(this.open));
    setInterval(() => this.tick(), 1000);
  }

  column(place) {
    const { platform, name, note } = place;
    const heard = el("span", { class: "hears", hidden: true }, "推送到这里");
    const head = el("header", { class: "name" }, el("i", { class: `mark ${platform}`, "aria-hidden": "true" }, name.slice(0, 1)), el("h2", { id: `name-${platform}` }, name), heard, el("small", {}, note));
    const phone = platform === "console" ? null : new Phone({ platform, base: `${BASE}/${platform}`, done: () => this.look() });
    const frame = phone ? null : el("iframe", { title: "网页聊天" });
    const node = el("section", { class: "column-of", id: `col-${platform}`, "aria-labelledby": `name-${platform}` }, head, el("div", { class: "case" }, phone?.node ?? frame));
    const badge = el("span", { class: "badge", hidden: true });
    const tab = el("button", { type: "button", class: "tab", role: "tab", id: `tab-${platform}`, "aria-controls": node.id }, name, badge);
    const made = { ...place, node, tab, badge, heard, phone, frame };
    tab.addEventListener("click", () => this.turn(made));
    return made;
  }

  /** On a narrow screen one chat at a time. */
  turn(column) {
    this.open = column;
    for (const one of this.columns) {
      const chosen = one === column;
      one.tab.setAttribute("aria-selected", String(chosen));
      one.tab.tabIndex = chosen ? 0 : -1;
      one.node.classList.toggle("away", narrow.matches && !chosen);
      one.node.setAttribute("role", narrow.matches ? "tabpanel" : "region");
    }
    if (this.shown === this.user) this.count();
  }

  arrows(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = this.columns.at((this.columns.indexOf(this.open) + step) % this.columns.length);
    this.turn(next);
    next.tab.focus();
  }

  become(user) {
    if (user === this.user) return;
    this.user = user;
    const address = new URL(location.href);
    address.searchParams.set("as", user);
    history.replaceState(null, "", address);
    this.known = "";
    this.look();
  }

  async look() {
    const asked = this.user;
    const response = await fetch(`${BASE}/state?${new URLSearchParams({ user: asked, known: this.known })}`).catch(() => null);
    this.trouble(response?.ok ? "" : "连不上演示了：它停下了，或者正在重启。");
    if (!response?.ok) return;
    this.setNow(response.headers.get("X-Now"));
    if (response.status === 204 || asked !== this.user) return;
    const state = await response.json();
    if (asked !== this.user) return;
    this.show(state);
  }

  show(state) {
    this.known = state.mark;
    this.user = state.user;
    this.state = state;
    setZone(state.zone);
    byId("company").textContent = state.company;
    if (state.user !== this.shown) this.meet(state);
    for (const one of state.phones) this.columns.find((column) => column.platform === one.platform).phone.show(state.user, one);
    const frame = this.columns[0].frame;
    const address = `/?embed=1&as=${encodeURIComponent(state.user)}`;
    if (frame.getAttribute("src") !== address) frame.setAttribute("src", address);
    this.count();
    this.explain();
    this.tick();
  }

  /** Somebody else: what they might say, and on a narrow screen the chat they use. */
  meet(state) {
    this.shown = state.user;
    const { role, hears } = state.people.find((one) => one.user === state.user);
    this.turn(this.columns.find((column) => column.platform === hears));
    for (const { phone } of this.columns) phone?.suggest(EXAMPLES[role] ?? EXAMPLES.other);
  }

  /** What is new for whom: everything in sight is read. */
  count() {
    const me = this.state.people.find((one) => one.user === this.user);
    for (const column of this.columns) {
      const seen = !narrow.matches || column === this.open;
      if (seen) this.read.set(`${me.user}/${column.platform}`, me.got[column.platform]);
      this.badge(column.badge, seen ? 0 : this.unread(me, column.platform));
    }
    for (const one of this.state.people) this.person(one);
  }

  unread(person, platform) {
    if (platform === "console") return person.got.console;
    return person.got[platform] - (this.read.get(`${person.user}/${platform}`) ?? 0);
  }

  /** A person's button: made once, so that it keeps the keyboard's place. */
  person(one) {
    const me = one.user === this.user;
    if (!this.faces.has(one.user)) {
      const badge = el("span", { class: "badge" });
      const node = el("button", { type: "button", class: "person", "data-user": one.user, onclick: () => this.become(one.user) }, avatar(one.name), el("span", {}, el("b", {}, one.name), el("small", {}, one.title)), badge);
      this.faces.set(one.user, { node, badge });
      byId("people").append(node);
    }
    const { node, badge } = this.faces.get(one.user);
    node.setAttribute("aria-pressed", String(me));
    const waiting = PLACES.reduce((sum, place) => sum + this.unread(one, place.platform), 0);
    this.badge(badge, me ? 0 : waiting);
  }

  badge(node, count) {
    node.hidden = !count;
    node.replaceChildren(count > 99 ? "99+" : String(count), el("span", { class: "sr" }, " 条未读"));
  }

  explain() {
    const me = this.state.people.find((one) => one.user === this.user);
    for (const column of this.columns) column.heard.hidden = column.platform !== me.hears;
    byId("explain").replaceChildren("四个平台，同一个人。推送只发一处：", el("b", {}, me.name), "最近用", el("b", {}, NAMES[me.hears]), "，换一处说话就跟过去；发出的卡片在原处更新。");
  }

  async move(pill) {
    const pills = [...byId("clock").querySelectorAll("button")];
    for (const one of pills) one.disabled = true;
    pill.classList.add("working");
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ to: pill.dataset.to }) };
    const answer = await fetch(`/console/api/clock?as=${encodeURIComponent(this.user)}`, sent).catch(() => null);
    if (!answer?.ok) this.trouble("时钟没有拨动，请再试一次。");
    for (const one of pills) one.disabled = false;
    pill.classList.remove("working");
    await this.look();
  }

  setNow(iso) {
    if (!iso) return;
    this.ahead = Date.parse(iso) - performance.now();
    this.tick();
  }

  tick() {
    if (this.ahead === undefined) return;
    const now = new Date(this.ahead + performance.now());
    byId("now").textContent = `${dayWords(now)} ${clockTime(now)}`;
  }

  trouble(words) {
    byId("trouble").textContent = words;
    byId("trouble").hidden = !words;
  }
}

const together = new Together();
await together.look();
const again = async () => {
  if (!document.hidden) await together.look();
  setTimeout(again, LOOK);
};
again();
