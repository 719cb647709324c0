// What I am about to say: text with a draft per conversation, commands, voice, photos, files, position.

import { byId, el, icon } from "./dom.js";
import { askPosition } from "./place.js";
import { recorder } from "./recorder.js";
import { sizeWords } from "./times.js";

const SOUND = /\.(amr|opus|ogg|oga|wav|m4a|mp3|webm|aac)$/i;
const PICTURE = /\.(jpe?g|png|gif|webp|bmp|heic|heif)$/i;
const ROWS = 150; // Pixels of the box before it scrolls.

/** voice, photo or file, from what the browser and the name say. */
export function kindOf(file) {
  if (file.type.startsWith("audio/") || SOUND.test(file.name)) return "voice";
  return file.type.startsWith("image/") || PICTURE.test(file.name) ? "photo" : "file";
}

function placeholder(conversation) {
  const narrow = matchMedia("(max-width: 940px)").matches;
  if (conversation.startsWith("group:")) return narrow ? "@跟进 它才会回答" : "在群里说话，@跟进 它才会回答";
  return narrow ? "说说今天跑了谁" : "说说今天跑了谁，或者输入 / 看能做什么";
}

export class Composer {
  /** `say.text(text)`, `say.file(file, kind, seconds)`, `say.position(place)` send; `notice(words)` tells. */
  constructor({ say, notice }) {
    this.entry = byId("entry");
    this.list = byId("suggestions");
    this.say = say;
    this.notice = notice;
    this.commands = [];
    this.largest = Infinity;
    this.chosen = 0;
    this.buttons();
    this.dropping();
    this.entry.addEventListener("input", () => this.typed());
    this.entry.addEventListener("keydown", (event) => this.key(event));
    this.entry.addEventListener("blur", () => this.suggest([]));
    this.entry.addEventListener("paste", (event) => this.pasted(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  /** The conversation changes: its own draft, its own words in the empty box. */
  open(me, conversation) {
    // What was typed while the page was still loading belongs to the first conversation.
    const early = this.slot ? "" : this.entry.value;
    this.slot = `draft:${me}:${conversation}`;
    this.entry.value = early || (sessionStorage.getItem(this.slot) ?? "");
    this.entry.placeholder = placeholder(conversation);
    this.typed();
    if (this.hurried) this.send();
  }

  /** Somebody else sits down: what is typed from now on is theirs, though their conversation is still loading. */
  leave() {
    this.slot = "";
    this.hurried = false;
    this.entry.value = "";
  }

  fill(text) {
    this.entry.value = text;
    this.typed();
    this.entry.focus();
  }

  send() {
    const text = this.entry.value.trim();
    // Sent before the conversation had opened: it goes out as soon as that is open.
    this.hurried = Boolean(text) && !this.slot;
    if (!text || !this.slot) return this.entry.focus();
    this.say.text(text);
    this.fill("");
  }

  typed() {
    const { value } = this.entry;
    if (this.slot && value) sessionStorage.setItem(this.slot, value);
    else if (this.slot) sessionStorage.removeItem(this.slot);
    this.entry.style.height = "auto";
    this.entry.style.height = `${Math.min(ROWS, this.entry.scrollHeight + 2)}px`;
    const start = /^\/\S*$/.test(value) ? value.toLowerCase() : "";
    this.suggest(start ? this.commands.filter((command) => command.name.startsWith(start)) : []);
  }

  suggest(commands) {
    this.shown = commands;
    this.chosen = Math.min(this.chosen, Math.max(0, commands.length - 1));
    this.list.hidden = !commands.length;
    this.list.replaceChildren(...commands.map((command, index) => this.suggestion(command, index)));
    if (commands.length) this.entry.setAttribute("aria-activedescendant", `command-${this.chosen}`);
    else this.entry.removeAttribute("aria-activedescendant");
    this.list.children[this.chosen]?.scrollIntoView({ block: "nearest" });
  }

  suggestion(command, index) {
    const node = el("div", { class: "suggestion", role: "option", id: `command-${index}`, "aria-selected": String(index === this.chosen) }, el("b", {}, command.name), el("span", {}, command.words));
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.pick(command);
    });
    return node;
  }

  pick(command) {
    this.fill(`${command.name} `);
    this.chosen = 0;
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const open = this.shown?.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = (this.chosen + step + this.shown.length) % this.shown.length;
      this.suggest(this.shown);
    } else if (open && event.key === "Escape") {
      this.suggest([]);
    } else if (open && (event.key === "Tab" || event.key === "Enter") && this.entry.value.trim() !== this.shown[this.chosen].name) {
      event.preventDefault();
      this.pick(this.shown[this.chosen]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  buttons() {
    const faces = { voice: "mic", photo: "photo", file: "clip", position: "pin", more: "plus" };
    for (const [id, name] of Object.entries(faces)) {
      byId(id).append(icon(name));
      byId(id).title = byId(id).getAttribute("aria-label");
    }
    byId("photo").addEventListener("click", () => this.choose("image/*", "photo"));
    byId("file").addEventListener("click", () => this.choose("", ""));
    byId("position").addEventListener("click", async () => {
      const place = await askPosition();
      if (place) this.say.position(place);
    });
    byId("more").addEventListener("click", () => this.unfold(byId("more").getAttribute("aria-expanded") !== "true"));
    byId("attach").addEventListener("click", () => this.unfold(false));
    recorder({ send: (file, seconds) => this.take([file], "voice", seconds), say: this.notice });
  }

  unfold(open) {
    byId("more").setAttribute("aria-expanded", String(open));
    byId("attach").classList.toggle("open", open);
  }

  choose(accept, kind) {
    const chooser = el("input", { type: "file", accept: accept || false, multiple: true });
    chooser.addEventListener("change", () => this.take([...chooser.files], kind));
    chooser.click();
  }

  take(files, kind = "", seconds = undefined) {
    for (const file of files) {
      if (file.size > this.largest) this.notice(`「${file.name}」有 ${sizeWords(file.size)}，超过 ${sizeWords(this.largest)} 的上限，没有发出。`);
      else if (!file.size) this.notice(`「${file.name}」是空的（0 字节），没有发出；请重新选一次。`);
      else this.say.file(file, kind || kindOf(file), seconds);
    }
  }

  pasted(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.take(files);
  }

  dropping() {
    const main = byId("main");
    const veil = byId("drop");
    const over = (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      veil.hidden = false;
    };
    main.addEventListener("dragenter", over);
    main.addEventListener("dragover", over);
    veil.addEventListener("dragleave", () => (veil.hidden = true));
    main.addEventListener("drop", (event) => {
      event.preventDefault();
      veil.hidden = true;
      this.take([...event.dataTransfer.files]);
    });
  }
}
