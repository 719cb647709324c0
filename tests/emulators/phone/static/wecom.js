// A WeCom template card as WeCom's client draws it, cut where the client cuts.

import { el, outward } from "./dom.js";
import { dropdown, pressable, ticks } from "./parts.js";

export function drawCard(message, chat) {
  const { template, shown, buttons, selectors, line } = message.card;
  const title = template.main_title ?? {};
  const held = selectors.map((one) => [one.question_key, selector(one, shown.option)]);
  const press = (label) => () => chat.press(message, label, Object.fromEntries(held.map(([key, one]) => [key, one.value()])));
  return el(
    "article",
    { class: "card" },
    source(template.source),
    title.title ? el("h3", { class: "head" }, cut(title.title, shown.title)) : null,
    title.desc ? el("p", { class: "desc" }, cut(title.desc, shown.desc)) : null,
    rows(template, shown),
    template.sub_title_text ? el("p", { class: "sub" }, cut(template.sub_title_text, shown.paragraph)) : null,
    held.length ? el("div", { class: "form" }, held.map(([, one]) => one.row)) : null,
    foot(template, buttons, press, line),
    (template.jump_list ?? []).map((one) => outward(one.url, one.title, "jump")),
  );
}

const cut = (text, most) => [...text].slice(0, most).join("");

/** The app's name, and the colour of its state. */
function source(one) {
  if (!one?.desc) return null;
  return el("div", { class: `source s${one.desc_color ?? 0}` }, el("i", { "aria-hidden": "true" }), one.desc);
}

function rows(template, shown) {
  const list = template.horizontal_content_list ?? [];
  if (!list.length) return null;
  return el("dl", {}, list.map((row) => el("div", {}, el("dt", {}, cut(row.keyname, 5)), el("dd", {}, row.type === 1 ? outward(row.url, row.value) : cut(row.value ?? "", shown.value)))));
}

function selector(one, most) {
  const options = one.option_list.map((option) => [option.id, cut(option.text, most + 1)]);
  if ("mode" in one) {
    const chosen = one.option_list.filter((option) => option.is_checked).map((option) => option.id);
    const held = ticks(options, chosen, { label: "选择", single: one.mode === 0 });
    return { row: held.node, value: held.value };
  }
  const known = one.option_list.some((option) => option.id === one.selected_id);
  const held = dropdown(options, known ? one.selected_id : options[0][0], { blank: false, label: one.title });
  return { row: el("label", { class: "entry" }, one.title ? el("span", { class: "label" }, one.title) : null, held.node), value: () => [held.value()] };
}

/** Buttons two in a row; a card that was answered shows what became of it, greyed. */
const STYLES = { app: ["", "primary", "second", "", "danger"], aibot: ["", "primary", "second", "danger", ""] };

function foot(template, buttons, press, line) {
  if (template.replace_text) return el("div", { class: "row" }, el("span", { class: "btn grey" }, template.replace_text));
  if (!buttons.length) return null;
  const style = (label) => STYLES[line][(template.button_list ?? []).find((one) => one.text === label)?.style ?? 1] ?? "";
  return el("div", { class: "row" }, buttons.map((label) => pressable(label, style(label), press(label))));
}
