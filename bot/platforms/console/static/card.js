// A card: blocks, fields and buttons. What somebody has typed survives an update of the same card.

import { Failure, freshId, post } from "./api.js";
import { el, icon, outward, rich } from "./dom.js";
import { drawField, listed } from "./fields.js";

const STILL = 10000; // A press whose card has not changed by then may be tried again.

const STATION = { done: "已完成", now: "正在处理", late: "已超时", later: "之后" };

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** A card in the conversation. `update(message)` redraws it; `node` is its element. */
export class CardView {
  constructor(message) {
    this.typed = new Map();
    this.pressed = false;
    this.node = el("article", { class: "card" });
    this.waiting = null;
    this.node.addEventListener("compositionstart", () => (this.composing = true));
    this.node.addEventListener("compositionend", () => this.composed());
    this.draw(message);
  }

  composed() {
    this.composing = false;
    if (this.waiting) this.update(this.waiting);
  }

  /** A new state. While somebody is in the middle of composing a character it waits for that. */
  update(message) {
    if (this.composing) {
      this.waiting = message;
      return;
    }
    this.waiting = null;
    const inputs = inputsOf(message);
    for (const [name, entry] of this.typed) {
      const input = inputs.find((one) => one.name === name);
      const answered = this.pressed && input && !same(input.value, entry.over);
      if (!input || answered) this.typed.delete(name);
      else entry.over = input.value;
    }
    this.pressed = false;
    const place = this.focusPlace();
    this.draw(message);
    this.restoreFocus(place);
    this.node.classList.remove("changed");
    requestAnimationFrame(() => this.node.classList.add("changed"));
  }

  draw(message) {
    clearTimeout(this.timer);
    this.message = message;
    const card = message.body.card;
    this.node.className = `card ${card.tone}`;
    this.node.setAttribute("aria-label", card.title);
    this.words = el("div", { class: "trouble", role: "alert" });
    this.actions = el("div", { class: "actions" }, card.buttons.map((button) => this.button(button)));
    this.node.replaceChildren(
      el("h3", {}, card.title),
      ...(card.lead ? [el("div", { class: "lead" }, rich(card.lead))] : []),
      ...(card.blocks.length ? [el("div", { class: "blocks" }, card.blocks.map((block) => this.block(block)))] : []),
      this.words,
      ...(card.buttons.length ? [this.actions] : []),
    );
  }

  block(block) {
    if (block.block === "input") return this.field(block);
    if (block.block === "picture") return picture(block, this.message.files);
    return BLOCKS[block.block]?.(block) ?? el("p", { class: "soft" }, "（这一块暂时显示不了）");
  }

  field(input) {
    const entry = this.typed.get(input.name);
    return drawField(input, {
      id: `m${this.message.id}-${input.name}`,
      value: entry ? entry.value : input.value,
      files: this.message.files,
      changed: (value) => this.typed.set(input.name, { value, over: input.value }),
    });
  }

  button(button) {
    const style = button.style === "default" ? "" : button.style;
    if (button.url) return outward(button.url, button.label, `btn ${style}`);
    const node = el("button", { class: `btn ${style}`, type: "button" }, button.label);
    node.addEventListener("click", () => (button.confirm ? this.confirm(button, node) : this.press(button, node)));
    return node;
  }

  confirm(button, node) {
    const ask = el("div", { class: "confirm", role: "group", "aria-label": "再确认一次" });
    const back = () => {
      ask.replaceWith(this.actions);
      node.focus();
    };
    const sure = el("button", { class: "btn danger", type: "button", onclick: () => (back(), this.press(button, node)) }, `确认${shortVerb(button.label)}`);
    const no = el("button", { class: "btn", type: "button", onclick: back }, "先不");
    ask.append(el("p", {}, rich(button.confirm)), el("div", { class: "actions" }, sure, no));
    ask.addEventListener("keydown", (event) => event.key === "Escape" && back());
    this.actions.replaceWith(ask);
    no.focus();
  }

  async press(button, node) {
    if (this.node.querySelector(".uploads .spin")) {
      this.words.textContent = "还有文件在上传，传完再按。";
      return;
    }
    this.busy(node, true);
    this.pressed = button.submits;
    const rev = this.message.rev;
    this.pressId ??= freshId();
    try {
      await post("presses", { id: this.pressId, message: this.message.id, action: button.action, answers: button.submits ? this.answers() : {} });
      this.pressId = undefined;
      if (this.message.rev === rev) this.timer = setTimeout(() => this.busy(node, false), STILL);
    } catch (failure) {
      if (!(failure instanceof Failure && failure.status === 0)) this.pressId = undefined;
      this.busy(node, false);
      this.words.textContent = failure instanceof Failure ? failure.words : "没有按成，请再试一次。";
    }
  }

  busy(node, yes) {
    this.words.textContent = "";
    this.node.setAttribute("aria-busy", String(yes));
    node.classList.toggle("working", yes);
    for (const other of this.actions.querySelectorAll("button")) other.disabled = yes;
  }

  answers() {
    return Object.fromEntries(inputsOf(this.message).map((input) => [input.name, this.held(input)]));
  }

  held(input) {
    const value = this.typed.has(input.name) ? this.typed.get(input.name).value : input.value;
    if (input.kind === "photo" || input.kind === "file") return listed(value).map((item) => item.key ?? item);
    return input.kind === "multi_choice" ? listed(value) : value;
  }

  focusPlace() {
    const held = document.activeElement;
    if (!this.node.contains(held)) return null;
    const range = held.selectionStart === undefined || held.type === "date" ? null : [held.selectionStart, held.selectionEnd];
    return { id: held.id, label: held.textContent, range };
  }

  restoreFocus(place) {
    if (!place) return;
    const buttons = [...this.node.querySelectorAll("button")];
    const node = (place.id && document.getElementById(place.id)) || buttons.find((one) => one.textContent === place.label);
    if (!node) {
      this.node.tabIndex = -1;
      this.node.focus({ preventScroll: true });
      return;
    }
    node.focus({ preventScroll: true });
    if (place.range?.[0] !== null && place.range) node.setSelectionRange?.(...place.range);
  }
}

const inputsOf = (message) => message.body.card.blocks.filter((block) => block.block === "input");

const shortVerb = (label) => label.replace(/（.*?）|\(.*?\)/g, "");

const BLOCKS = {
  text: (block) => el("p", { class: block.soft ? "text soft" : "text" }, rich(block.text)),
  facts: (block) => el("dl", { class: "facts" }, block.facts.map((fact) => el("div", {}, el("dt", {}, fact.label), el("dd", { class: fact.tone }, rich(fact.value))))),
  tags: (block) => el("div", { class: "tags" }, block.tags.map((tag) => el("span", { class: `tag ${tag.tone}` }, tag.text))),
  chain: (block) => el("ol", { class: "chain", "aria-label": "谁在处理" }, block.links.map(station)),
  due,
  table,
};

function station(link) {
  return el("li", { class: link.state }, el("i", { "aria-hidden": "true" }, link.state === "done" ? icon("check") : null), el("b", {}, link.who), el("span", {}, link.what), el("span", { class: "sr" }, `（${STATION[link.state]}）`));
}

function due(block) {
  const gone = el("i");
  gone.style.width = `${Math.max(2, block.elapsed * 100)}%`;
  const bar = el("span", { class: "bar", role: "meter", "aria-label": "已用时间", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(block.elapsed * 100) }, gone);
  return el("div", { class: `due ${block.tone}` }, el("span", {}, rich(block.text)), bar);
}

function picture(block, files) {
  const url = files[block.attachment];
  if (!url) return el("p", { class: "soft" }, `（图片：${block.alt}）`);
  return el("a", { class: "picture", href: url, target: "_blank", rel: "noopener" }, el("img", { src: url, alt: block.alt }));
}

const NUMERIC = /^[-+]?[\d,.]+\s*(%|万|亿|元|次|条|天|小时|分钟)?$/;

function table(block) {
  const numeric = block.columns.map((_, index) => block.rows.length > 0 && block.rows.every((row) => NUMERIC.test(row[index] ?? "")));
  const cell = (tag, more) => (text, index) => el(tag, { class: numeric[index] ? "number" : "", ...more }, text);
  const head = el("thead", {}, el("tr", {}, block.columns.map(cell("th", { scope: "col" }))));
  const body = el("tbody", {}, block.rows.map((row) => el("tr", {}, row.map(cell("td", {})))));
  return el("div", { class: "table", tabindex: 0, role: "region", "aria-label": "表格" }, el("table", {}, head, body));
}
