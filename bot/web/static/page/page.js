// The page works as a plain form; this adds previews, position, scanning, and keeps what was typed when the net is away.

import { photos } from "./photos.js";
import { place } from "./place.js";
import { scan } from "./scan.js";

const NOT_SENT = "没有发出去，可能是网络断了。内容都还在，有信号时再点一次「提交」。";

function begin() {
  const form = document.getElementById("form");
  const limit = Number(form.dataset.limit);
  for (const field of form.querySelectorAll("[data-draw=photo], [data-draw=file]")) photos(field, limit);
  for (const field of form.querySelectorAll("[data-draw=position]")) place(field);
  for (const field of form.querySelectorAll("[data-draw=code]")) scan(field);
  for (const field of form.querySelectorAll("[data-draw=chips]:not([aria-required])")) undoable(field);
  for (const entry of form.querySelectorAll("[data-most]")) if (entry.dataset.most) count(entry, Number(entry.dataset.most));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

async function send(form) {
  const button = document.getElementById("submit");
  if (button.disabled) return;
  button.disabled = true;
  button.classList.add("working");
  button.textContent = "正在提交";
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form) });
    await take(answer);
  } catch {
    say(NOT_SENT);
  }
  button.disabled = false;
  button.classList.remove("working");
  button.textContent = "提交";
}

/** Taken: on to what became of it. Problems: the form again, as the server drew it. Anything else: its words, form kept. */
async function take(answer) {
  if (answer.redirected && answer.ok) return location.replace(answer.url);
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = drawn.getElementById("main");
  if (answer.status === 422 && main) {
    document.getElementById("main").replaceWith(main);
    begin();
    const wrong = main.querySelector(".wrong");
    say(document.getElementById("banner").textContent);
    (wrong ?? main).scrollIntoView({ block: "center" });
    return;
  }
  const words = [drawn.querySelector("h1"), drawn.querySelector(".words")].filter(Boolean).map((one) => one.textContent);
  say(words.join("。") || NOT_SENT);
}

function say(words) {
  const banner = document.getElementById("banner");
  banner.textContent = words;
  banner.hidden = false;
  banner.focus({ preventScroll: true });
  banner.scrollIntoView({ block: "center" });
}

/** A choice that need not be made is taken back by choosing it again. */
function undoable(field) {
  let standing = field.querySelector("input:checked");
  field.addEventListener("click", ({ target }) => {
    if (target.type !== "radio") return;
    if (target === standing) target.checked = false;
    standing = target.checked ? target : null;
  });
}

/** How many characters are left, once it gets close. */
function count(entry, most) {
  const line = document.createElement("p");
  line.className = "count";
  entry.after(line);
  const show = () => {
    const length = [...entry.value].length;
    line.hidden = length < most * 0.7;
    line.classList.toggle("over", length > most);
    line.textContent = length > most ? `超出 ${length - most} 个字` : `${length} / ${most}`;
  };
  entry.addEventListener("input", show);
  show();
}

begin();
