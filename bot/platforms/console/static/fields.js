// The inputs of a card. Each gives its element, what it holds now, and says when it changed.

import { Failure, post } from "./api.js";
import { el, icon } from "./dom.js";
import { askPosition } from "./place.js";
import { sourceButton } from "./player.js";
import { sizeWords } from "./times.js";

/** Draws an input with label, source and problem. `value` is what it shows; `changed(value)` hears of edits. */
export function drawField(input, { id, value, files, changed }) {
  const draw = DRAWN[input.kind] ?? text;
  const problem = input.problem ? el("div", { class: "problem", id: `${id}-problem` }, input.problem) : null;
  const source = input.source ? sourceLine(input.source, files, `${id}-source`) : null;
  const described = [problem?.id, source?.id].filter(Boolean).join(" ");
  const common = {
    id,
    name: input.name,
    "aria-required": input.required ? "true" : false,
    "aria-invalid": problem ? "true" : false,
    "aria-describedby": described || false,
  };
  const control = draw(input, { id, common, value, files, changed });
  const grouped = GROUPED.has(input.kind);
  const label = el(grouped ? "span" : "label", { class: "label", id: `${id}-label`, for: grouped ? false : id }, input.label, required(input));
  return el("div", { class: `field ${input.kind}${problem ? " wrong" : ""}`, "data-field": input.name }, label, control, problem, source);
}

const GROUPED = new Set(["multi_choice", "photo", "file", "position"]);

const DRAWN = {
  choice,
  multi_choice: multiChoice,
  text,
  long_text: longText,
  number: (input, field) => plain(input, field, { type: "text", inputmode: "decimal" }),
  date: (input, field) => plain(input, field, { type: "date" }),
  datetime: (input, field) => plain(input, field, { type: "datetime-local" }),
  code: (input, field) => plain(input, field, { type: "text", autocapitalize: "off", spellcheck: "false" }),
  photo: attached,
  file: attached,
  position,
};

function required(input) {
  return input.required ? el("span", { class: "must", title: "必填", "aria-hidden": "true" }, "*") : null;
}

function sourceLine(source, files, id) {
  const url = files[source.audio];
  return el("div", { class: "source", id }, source.text, url ? sourceButton(`${url}&play=1`, source) : null);
}

function plain(input, { common, value, changed }, more) {
  const control = el("input", { ...common, ...more, placeholder: input.placeholder });
  control.value = value;
  control.addEventListener("input", () => changed(control.value));
  if (input.placeholder && more.type.startsWith("date")) return el("span", { class: "with-note" }, control, el("small", {}, input.placeholder));
  return control;
}

function text(input, field) {
  const control = plain(input, field, { type: "text" });
  return counted(control, control, input);
}

function longText(input, { common, value, changed }) {
  const control = el("textarea", { ...common, rows: 2, placeholder: input.placeholder });
  control.value = value;
  const grow = () => {
    control.style.height = "auto";
    control.style.height = `${control.scrollHeight + 2}px`;
  };
  control.addEventListener("input", () => {
    changed(control.value);
    grow();
  });
  requestAnimationFrame(grow);
  return counted(control, control, input);
}

/** Counts towards the limit without cutting anything off: what is too long is answered in words, not lost. */
function counted(node, control, input) {
  if (!input.max_length) return node;
  const count = el("small", { class: "count", "aria-hidden": "true" });
  const show = () => {
    const length = [...control.value].length;
    count.textContent = `${length}/${input.max_length}`;
    count.classList.toggle("over", length > input.max_length);
  };
  control.addEventListener("input", show);
  show();
  return el("span", { class: "counted" }, node, count);
}

function choice(input, { common, value, changed }) {
  const control = el("select", common);
  const known = input.options.some((option) => option.value === value);
  if (!known || !input.required) control.append(el("option", { value: "" }, input.placeholder || (known ? "不选" : "请选择")));
  for (const option of input.options) control.append(el("option", { value: option.value }, option.label));
  control.value = known ? value : "";
  control.classList.toggle("blank", !control.value);
  control.addEventListener("change", () => {
    control.classList.toggle("blank", !control.value);
    changed(control.value);
  });
  return control;
}

function multiChoice(input, { id, common, value, changed }) {
  const chosen = new Set(listed(value));
  const box = el("div", { class: "picks", role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": common["aria-describedby"] });
  for (const option of input.options) {
    const tick = el("input", { type: "checkbox", value: option.value, name: input.name });
    tick.checked = chosen.has(option.value);
    tick.addEventListener("change", () => {
      if (tick.checked) chosen.add(option.value);
      else chosen.delete(option.value);
      changed(input.options.map((one) => one.value).filter((one) => chosen.has(one)));
    });
    box.append(el("label", { class: "pick" }, tick, el("span", {}, option.label)));
  }
  return box;
}

function attached(input, { id, common, value, files, changed }) {
  const photos = input.kind === "photo";
  const items = listed(value).map((one) => (typeof one === "string" ? { key: one, url: files[one], name: "" } : one));
  const box = el("div", { class: "uploads", role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": common["aria-describedby"] });
  const words = el("div", { class: "problem", role: "alert" });
  const chooser = el("input", { type: "file", multiple: true, accept: photos ? "image/*" : false, hidden: true });
  const add = el("button", { class: "add", type: "button", id, "aria-label": photos ? `添加照片：${input.label}` : `添加文件：${input.label}` }, icon(photos ? "photo" : "clip"), photos ? "添加照片" : "添加文件");
  add.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => take([...chooser.files]));

  function show() {
    box.replaceChildren(...items.map((item) => uploadTile(item, photos, () => drop(item))), add, chooser);
  }

  function drop(item) {
    items.splice(items.indexOf(item), 1);
    show();
    changed(items.filter((one) => one.key));
    add.focus();
  }

  async function take(picked) {
    chooser.value = "";
    words.textContent = "";
    for (const file of picked) {
      const item = { key: "", name: file.name, url: photos ? URL.createObjectURL(file) : "", busy: true };
      items.push(item);
      show();
      try {
        Object.assign(item, await upload(file, input.kind), { busy: false });
      } catch (failure) {
        items.splice(items.indexOf(item), 1);
        words.textContent = failure instanceof Failure ? failure.words : "没有传上去，请再试一次。";
      }
      show();
      changed(items.filter((one) => one.key));
    }
  }

  show();
  return el("div", {}, box, words);
}

async function upload(file, kind) {
  const form = new FormData();
  form.append("kind", kind);
  form.append("file", file, file.name);
  return post("uploads", form);
}

function uploadTile(item, photos, remove) {
  const name = item.name || (photos ? "照片" : "文件");
  const face = photos && item.url ? el("img", { src: item.url, alt: name }) : el("span", { class: "name" }, icon("paper"), name, item.size ? ` · ${sizeWords(item.size)}` : "");
  const off = item.busy ? el("span", { class: "spin", role: "status", "aria-label": "正在上传" }) : el("button", { class: "remove", type: "button", "aria-label": `去掉 ${name}`, onclick: remove }, icon("cross"));
  return el("div", { class: photos ? "tile" : "tile row" }, face, off);
}

function position(input, { id, common, value, changed }) {
  const shown = el("span", { class: "where" });
  const button = el("button", { class: "add", type: "button", id, "aria-describedby": common["aria-describedby"] }, icon("pin"), el("span", {}, ""));
  const show = (text) => {
    const [latitude, longitude, metres] = String(text).split(",");
    shown.textContent = text ? `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}${metres ? `（约 ${Math.round(Number(metres))} 米内）` : ""}` : "";
    button.lastChild.textContent = text ? "重新取" : "取当前位置";
  };
  button.addEventListener("click", async () => {
    const place = await askPosition();
    if (!place) return;
    const held = [place.latitude, place.longitude, place.accuracy].filter((part) => part !== null && part !== undefined).join(",");
    show(held);
    changed(held);
  });
  show(value);
  return el("div", { class: "located", role: "group", "aria-labelledby": `${id}-label` }, shown, button);
}

export function listed(value) {
  if (Array.isArray(value)) return value;
  return value ? [value] : [];
}
