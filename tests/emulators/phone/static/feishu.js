// A Feishu card (JSON 2.0) as Feishu's client draws it.

import { el, outward } from "./dom.js";
import { inline } from "./markup.js";
import { dropdown, filled, line, pressable, sure, ticks } from "./parts.js";

export function drawCard(message, chat) {
  const { header, body } = message.card;
  const drawing = new Drawing(message, chat);
  const parts = body.elements.map((part) => drawing.part(part));
  return el("article", { class: "card" }, el("h3", { class: `head t-${header.template ?? "default"}` }, header.title.content), parts.length ? el("div", { class: "body" }, parts) : null);
}

class Drawing {
  constructor(message, chat) {
    this.message = message;
    this.chat = chat;
    this.fields = null;
    this.label = null;
  }

  part(part) {
    return (PARTS[part.tag] ?? unknown)(part, this);
  }

  inner(parts) {
    return (parts ?? []).map((part) => this.part(part));
  }

  button(part) {
    const link = part.behaviors?.find((one) => one.type === "open_url");
    const style = { primary_filled: "primary", primary: "primary-line", danger: "danger", danger_filled: "danger" }[part.type] ?? "";
    if (link) return outward(link.default_url, part.text.content, `btn ${style}`);
    const fields = part.form_action_type === "submit" ? this.fields : [];
    const node = pressable(part.text.content, style, async () => {
      const answers = filled(fields);
      if (!answers) return this.chat.notice("带 * 的还没填");
      if (part.confirm && !(await sure(node.closest(".row"), part.confirm.text.content))) return undefined;
      return this.chat.press(this.message, part.text.content, answers);
    });
    return node;
  }

  /** A field stands under the words that name it; a star among them says it is required. */
  field(part, held) {
    const row = el("div", { class: "entry" }, held.node);
    this.fields?.push({ name: part.name, required: Boolean(part.required), value: held.value, row });
    return row;
  }
}

const hint = (part, otherwise) => part.placeholder?.content ?? otherwise;
const pairs = (options) => (options ?? []).map((one) => [one.value, one.text.content]);

const PARTS = {
  div: said,
  markdown: (part) => el("p", { class: `s-${part.text_size ?? "normal"}` }, inline(part.content)),
  hr: () => el("hr"),
  column_set: columns,
  form: (part, drawing) => {
    drawing.fields = [];
    return el("div", { class: "form" }, drawing.inner(part.elements));
  },
  collapsible_panel: (part, drawing) => el("details", { open: part.expanded }, el("summary", {}, part.header?.title?.content ?? "更多"), drawing.inner(part.elements)),
  table,
  button: (part, drawing) => el("div", { class: "row" }, drawing.button(part)),
  img: (part, drawing) => el("img", { class: "shot", src: drawing.chat.media(part.img_key), alt: part.alt.content }),
  select_static: (part, drawing) => drawing.field(part, dropdown(pairs(part.options), part.initial_option, { placeholder: hint(part, "请选择"), label: drawing.label })),
  multi_select_static: (part, drawing) => drawing.field(part, ticks(pairs(part.options), part.selected_values ?? [], { label: drawing.label })),
  input: (part, drawing) => drawing.field(part, line("text", part.default_value, { placeholder: hint(part, ""), rows: part.input_type === "multiline_text" ? 2 : 0, most: part.max_length, label: drawing.label })),
  date_picker: (part, drawing) => drawing.field(part, line("date", part.initial_date, { label: drawing.label })),
  picker_datetime: (part, drawing) => drawing.field(part, line("datetime-local", part.initial_datetime?.replace(" ", "T"), { label: drawing.label })),
};

const unknown = (part) => el("p", { class: "c-grey" }, `［${part.tag}］`);

/** A paragraph; in a form it may be the name of the field below it, with a star where that is required. */
function said(part, drawing) {
  const { content, text_color: color = "default", text_size: size = "normal" } = part.text;
  const [, name, star] = /^(.*?)( \*)?$/s.exec(content);
  if (size === "normal") drawing.label = name;
  if (!drawing.fields || size !== "normal") return el("p", { class: `c-${color} s-${size}` }, content);
  return el("p", { class: "label" }, name, star ? el("i", { "aria-label": "必填" }, "*") : null);
}

/** Buttons flow; facts stand in two columns by their weight. */
function columns(part, drawing) {
  const inside = part.columns.flatMap((column) => column.elements);
  if (inside.every((one) => one.tag === "button")) return el("div", { class: "row" }, inside.map((one) => drawing.button(one)));
  return el("div", { class: "columns" }, part.columns.map((column) => {
    const node = el("div", {}, drawing.inner(column.elements));
    node.style.flexGrow = column.weight ?? 0;
    return node;
  }));
}

function table(part) {
  const cells = (tag, texts) => el("tr", {}, texts.map((text) => el(tag, {}, text)));
  const head = cells("th", part.columns.map((column) => column.display_name));
  const rows = (part.rows ?? []).map((row) => cells("td", part.columns.map((column) => String(row[column.name] ?? ""))));
  return el("div", { class: "table", tabindex: 0, role: "region", "aria-label": "表格" }, el("table", {}, el("thead", {}, head), el("tbody", {}, rows)));
}
