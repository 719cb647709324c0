// A DingTalk interactive card (form template, general AI card) or ActionCard as DingTalk's client draws it.

import { el } from "./dom.js";
import { blocks } from "./markup.js";
import { dropdown, filled, line, pressable, ticks } from "./parts.js";

export function drawCard(message, chat) {
  const { card } = message;
  const open = Boolean(card.submit);
  const fields = card.fields.map((one) => entry(one, open));
  const press = (label) => () => {
    const answers = label === card.submit ? filled(fields) : {};
    return answers ? chat.press(message, label, answers) : chat.notice("带 * 的还没填").then(() => undefined);
  };
  const button = (label) => pressable(label, colour(card, label), press(label));
  const others = [...card.buttons.filter((label) => label !== card.submit), ...card.links];
  return el(
    "article",
    { class: "card" },
    card.title ? el("h3", { class: "head" }, card.title) : null,
    card.text ? el("div", { class: "body" }, blocks(card.text, (key) => chat.media(key))) : null,
    fields.length ? el("div", { class: "form" }, fields.map((one) => one.row), open ? el("div", { class: "row" }, button(card.submit)) : null) : null,
    others.length ? el("div", { class: `row ${card.links.length ? "links" : ""}` }, others.map(button)) : null,
    card.toast ? el("p", { class: "toast" }, card.toast) : null,
  );
}

const colour = (card, label) => (label === card.submit ? "primary" : { blue: "primary", red: "danger" }[card.colours[label]] ?? "");

const TYPES = { NUMBER: "text", DATE: "date", DATETIME: "datetime-local" };

function entry(field, open) {
  const given = field.value?.value ?? field.value ?? "";
  const held = control(field, given);
  for (const node of [held.node, ...held.node.querySelectorAll("input")]) if (!open) node.disabled = true;
  const label = el("span", { class: "label" }, field.label, field.required ? el("i", { "aria-label": "必填" }, "*") : null);
  const row = el("div", { class: "entry" }, label, held.node);
  const value = field.readOnly ? () => "" : held.value;
  return { name: field.name, required: field.required && !field.readOnly, value, row };
}

function control(field, given) {
  const label = field.label;
  if (field.type === "MULTI_SELECT") return ticks(field.options, [].concat(given), { label });
  if (field.type === "SELECT") return dropdown(field.options, given, { label });
  const type = TYPES[field.type] ?? "text";
  const value = type === "datetime-local" ? String(given).replace(" ", "T").slice(0, 16) : given;
  return line(type, value, { label, rows: field.type === "TEXT_AREA" ? 2 : 0, readOnly: field.readOnly, placeholder: field.readOnly ? "" : "请输入" });
}
