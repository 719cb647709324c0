// One message of the conversation, whatever its kind.

import { CardView } from "./card.js";
import { avatar, el, icon, markdown, rich } from "./dom.js";
import { voicePlayer } from "./player.js";
import { now, sizeWords } from "./times.js";

const HEARD_WITHIN = 120000; // Milliseconds a transcript is waited for.

/** A message in the thread: `node` is its list item, `update(message)` redraws what changed. */
export class Bubble {
  constructor(message, { mine, group }) {
    this.message = message;
    this.mine = mine;
    this.when = el("div", { class: "when", hidden: true });
    this.card = message.kind === "card" ? new CardView(message) : null;
    this.body = this.card ? this.card.node : el("div", { class: `bubble ${message.kind}` });
    this.state = el("div", { class: "state", role: "status" });
    const by = group && !mine && message.author !== "bot" ? el("div", { class: "by" }, message.body.by ?? message.author) : null;
    this.node = el("li", { class: `msg${mine ? " me" : ""}`, "data-id": message.id }, this.when, face(message, mine), el("div", { class: "column" }, by, this.body, this.state));
    if (!this.card) this.draw(message);
  }

  update(message) {
    if (message.rev < this.message.rev) return;
    // Addresses are signed anew each time; the first one stays, so that what plays goes on playing.
    message.files = { ...message.files, ...this.message.files };
    this.message = message;
    if (this.card) this.card.update(message);
    else this.draw(message);
  }

  draw(message) {
    const drawn = KINDS[message.kind] ?? unknown;
    if (message.kind === "voice" && this.recording === message.body.sha256) {
      const said = transcript(message);
      this.said.replaceWith(said);
      this.said = said;
      return;
    }
    this.body.replaceChildren(...drawn(message));
    this.recording = message.body.sha256;
    this.said = this.body.querySelector(".said");
  }

  /** Sending, failed with words and a way to try again, or neither. */
  show(state, words = "", retry = null) {
    this.node.classList.toggle("pending", state === "sending");
    this.node.classList.toggle("failed", state === "failed");
    this.state.replaceChildren(...(state === "failed" ? [el("span", {}, words), el("button", { type: "button", class: "link", onclick: retry }, "重试")] : []));
  }
}

function face(message, mine) {
  if (mine) return null;
  if (message.author === "bot") return el("span", { class: "avatar bot", "aria-hidden": "true" }, "跟");
  return avatar(message.body.by ?? message.author);
}

const KINDS = { text, voice, photo, file, position };

function text({ body }) {
  const title = body.title ? [el("h3", {}, body.title)] : [];
  return body.markdown ? [...title, el("div", { class: "markdown" }, markdown(body.text))] : [...title, el("div", { class: "text" }, rich(body.text))];
}

function voice(message) {
  const { sha256, seconds } = message.body;
  const url = message.files[sha256];
  return [voicePlayer(url.startsWith("blob:") ? url : `${url}&play=1`, sha256, seconds), transcript(message)];
}

function transcript(message) {
  const { note } = message.body;
  if (note === undefined) return listening(message);
  return el("div", { class: "said" }, note ? rich(note) : "没有听清，可以再说一遍或者打字。");
}

/** 正在转写…, while it is likely; an old recording without words says nothing. */
function listening(message) {
  const left = Date.parse(message.at) + HEARD_WITHIN - now().getTime();
  if (left <= 0) return el("div", { class: "said", hidden: true });
  const said = el("div", { class: "said waiting" }, "正在转写…");
  setTimeout(() => (said.hidden = true), Math.min(left, HEARD_WITHIN));
  return said;
}

function photo({ body, files }) {
  const url = files[body.sha256];
  return [el("a", { href: url, target: "_blank", rel: "noopener", class: "shot" }, el("img", { src: url, alt: body.name || "照片" })), ...noted(body)];
}

function file({ body, files }) {
  const name = el("span", {}, el("b", {}, body.name || "文件"), el("small", {}, sizeWords(body.size)));
  return [el("a", { href: files[body.sha256], class: "paper", download: body.name || true }, icon("paper"), name), ...noted(body)];
}

function position({ body }) {
  const { latitude, longitude, accuracy, address } = body.position;
  const where = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}${accuracy ? ` · 约 ${Math.round(accuracy)} 米内` : ""}`;
  return [el("div", { class: "paper" }, icon("pin"), el("span", {}, el("b", {}, address || "我的位置"), el("small", {}, where))), ...noted(body)];
}

const noted = (body) => (body.note ? [el("div", { class: "said" }, rich(body.note))] : []);

const unknown = () => [el("span", { class: "soft" }, "（这种消息暂时显示不了）")];
