// What the three clients' cards share: fields that hold a value, buttons that wait, a question before what cannot be undone.

import { el } from "./dom.js";

/** A dropdown. `options` are [value, text]; an empty first one shows the placeholder. */
export function dropdown(options, chosen, { placeholder = "请选择", blank = true, label } = {}) {
  const box = el("select", { class: "field", "aria-label": label });
  if (blank) box.append(el("option", { value: "" }, placeholder));
  for (const [value, text] of options) box.append(el("option", { value, selected: value === chosen }, text));
  const faint = () => box.classList.toggle("blank", !box.value);
  box.addEventListener("change", faint);
  faint();
  return { node: box, value: () => box.value };
}

/** Several of several, as ticks (or one of them, as a round mark). */
export function ticks(options, chosen, { label, single = false } = {}) {
  const held = new Set(chosen);
  const name = `t${Math.random().toString(36).slice(2)}`;
  const box = el("div", { class: "ticks", role: "group", "aria-label": label });
  for (const [value, text] of options) {
    const mark = el("input", { type: single ? "radio" : "checkbox", name, value });
    mark.checked = held.has(value);
    box.append(el("label", {}, mark, el("span", {}, text)));
  }
  return { node: box, value: () => [...box.querySelectorAll("input:checked")].map((mark) => mark.value) };
}

export function line(type, value, { placeholder = "", label, rows = 0, readOnly = false, most } = {}) {
  const box = el(rows ? "textarea" : "input", { class: "field", type: rows ? undefined : type, rows: rows || undefined, placeholder, readonly: readOnly, maxlength: most, "aria-label": label });
  box.value = value ?? "";
  return { node: box, value: () => box.value.trim() };
}

/** The filled-in fields of a form. A required one that is empty is marked, and then nothing is given. */
export function filled(fields) {
  const empty = fields.filter((one) => one.required && !one.value().length);
  for (const one of fields) one.row.classList.toggle("missing", empty.includes(one));
  if (empty.length) {
    empty[0].row.querySelector("input, select, textarea")?.focus();
    return null;
  }
  return Object.fromEntries(fields.filter((one) => one.value().length).map((one) => [one.name, one.value()]));
}

/** A button that shows it is at work, and holds the card's other buttons meanwhile. */
export function pressable(label, className, press) {
  const node = el("button", { type: "button", class: `btn ${className}` }, label);
  node.addEventListener("click", async () => {
    const card = node.closest(".card");
    const hold = (on) => card.querySelectorAll(".btn").forEach((one) => (one.disabled = on));
    node.classList.add("working");
    hold(true);
    await press().finally(() => {
      node.classList.remove("working");
      hold(false);
    });
  });
  return node;
}

/** Asks once more inside the card; gives what was said. */
export function sure(row, words) {
  return new Promise((answer) => {
    const ask = el("div", { class: "sure", role: "group", "aria-label": "请确认" });
    const done = (yes) => {
      ask.replaceWith(row);
      answer(yes);
    };
    const yes = el("button", { type: "button", class: "btn danger", onclick: () => done(true) }, "确定");
    const no = el("button", { type: "button", class: "btn", onclick: () => done(false) }, "取消");
    ask.append(el("p", {}, words), el("div", { class: "row" }, yes, no));
    ask.addEventListener("keydown", (event) => event.key === "Escape" && done(false));
    row.replaceWith(ask);
    no.focus();
  });
}
