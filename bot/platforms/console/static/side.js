// The left column: whom I play (demo), my conversations, what is unread. On a phone it is a drawer.

import { avatar, byId, el, icon } from "./dom.js";
import { shortWords } from "./times.js";

const wide = matchMedia("(min-width: 721px)");

const badge = (count) => (count ? el("span", { class: "badge" }, count > 99 ? "99+" : String(count), el("span", { class: "sr" }, " 条未读")) : null);

export class Side {
  constructor({ become, open }) {
    this.become = become;
    this.open = open;
    const menu = byId("menu");
    menu.append(icon("menu"));
    menu.addEventListener("click", () => this.drawer(!document.body.classList.contains("drawer")));
    byId("veil").addEventListener("click", () => this.drawer(false));
    document.addEventListener("keydown", (event) => event.key === "Escape" && document.body.classList.contains("drawer") && this.drawer(false));
    wide.addEventListener("change", () => this.drawer(false));
    this.drawer(false);
  }

  drawer(open) {
    const was = document.body.classList.contains("drawer");
    document.body.classList.toggle("drawer", open);
    byId("menu").setAttribute("aria-expanded", String(open));
    byId("veil").hidden = !open;
    byId("side").inert = !wide.matches && !open;
    if (open) byId("side").querySelector("button")?.focus();
    else if (was && !wide.matches) byId("menu").focus();
  }

  people(people, me) {
    byId("people-section").hidden = people.length < 2;
    byId("people").replaceChildren(...people.map((person) => this.person(person, person.user === me)));
  }

  person(person, current) {
    const words = [person.role_title, person.team].filter(Boolean).join(" · ");
    const names = el("span", { class: "names" }, el("span", {}, person.name), el("small", {}, words));
    const unread = current ? null : badge(person.unread);
    return el("button", { class: "row", type: "button", "data-user": person.user, "aria-current": current ? "true" : false, onclick: () => this.become(person.user) }, avatar(person.name), names, unread);
  }

  rooms(rooms, current) {
    byId("rooms").replaceChildren(...rooms.map((room) => this.room(room, room.id === current)));
    const elsewhere = rooms.filter((room) => room.id !== current).reduce((sum, room) => sum + room.unread, 0);
    byId("menu").classList.toggle("dotted", elsewhere > 0);
    const all = rooms.reduce((sum, room) => sum + room.unread, 0);
    document.title = all ? `(${all}) 跟进` : "跟进";
  }

  room(room, current) {
    const face = room.kind === "group" ? el("span", { class: "avatar group", "aria-hidden": "true" }, "群") : el("span", { class: "avatar bot", "aria-hidden": "true" }, "跟");
    const line = room.last ? room.last.line : room.kind === "group" ? "还没有消息" : "打个招呼吧";
    const names = el("span", { class: "names" }, el("span", {}, room.title), el("small", {}, line));
    const end = el("span", { class: "end" }, el("time", {}, room.last ? shortWords(room.last.at) : ""), badge(room.unread));
    return el("button", { class: "row", type: "button", "data-room": room.id, "aria-current": current ? "true" : false, onclick: () => this.open(room.id) }, face, names, end);
  }

  here(title, who) {
    byId("here-title").textContent = title;
    byId("here-who").textContent = who;
  }
}

/** The column on the right: what is still open today. */
export function drawToday(today) {
  const box = byId("today");
  box.hidden = !today;
  document.body.classList.toggle("with-today", Boolean(today));
  if (!today) return;
  const rows = today.lines.map((line) => el("li", {}, el("span", {}, line.title, el("small", {}, line.note)), line.state ? el("span", { class: `tag ${line.tone}` }, line.state) : null));
  box.replaceChildren(el("h2", {}, today.title), el("ul", {}, rows));
}
