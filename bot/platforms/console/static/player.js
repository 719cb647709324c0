// One recording plays at a time; a source line plays only its seconds.

import { el, icon } from "./dom.js";
import { secondsWords } from "./times.js";

const audio = new Audio();
let current = null;
let until = Infinity;

audio.addEventListener("timeupdate", () => {
  if (audio.currentTime >= until) audio.pause();
  current?.progress(audio.duration > 0 ? audio.currentTime / audio.duration : 0);
});
for (const event of ["pause", "ended", "error"]) audio.addEventListener(event, () => current?.stopped(event));

/** Plays `url` from `start` to `end` seconds; `player` hears of progress and of the end. The same player again pauses. */
export async function play(url, player, start = 0, end = 0) {
  if (current === player && !audio.paused) return audio.pause();
  current?.stopped("pause");
  current = player;
  if (!audio.src.endsWith(url)) audio.src = url;
  until = end > start ? end : Infinity;
  if (start || end || audio.ended) audio.currentTime = start;
  player.started();
  await audio.play().catch(() => player.stopped("error"));
}

/** A number of bar heights (0-1) drawn from a hash: decoration, the same for the same recording. */
function bars(seed, count) {
  return Array.from({ length: count }, (_, index) => {
    const digit = parseInt(seed[(index * 7) % seed.length], 16) || 3;
    return 0.25 + (digit / 15) * 0.75 * (0.6 + 0.4 * Math.sin(index * 0.9));
  });
}

/** The play button, waveform and length of a voice note. */
export function voicePlayer(url, sha256, seconds) {
  const count = Math.round(Math.min(44, Math.max(18, 14 + (seconds || 10) * 1.5)));
  const wave = el("span", { class: "wave", "aria-hidden": "true" });
  for (const height of bars(sha256, count)) {
    const bar = el("i");
    bar.style.height = `${Math.round(height * 100)}%`;
    wave.append(bar);
  }
  const button = el("button", { class: "play", type: "button", "aria-label": "播放语音" }, icon("play"));
  const length = el("span", { class: "length" }, seconds ? secondsWords(seconds) : "");
  const words = el("span", { class: "trouble", role: "status" });
  const player = {
    started: () => face(button, "pause", "暂停"),
    stopped: (event) => {
      face(button, "play", "播放语音");
      if (event === "error") words.textContent = "这段录音在浏览器里放不出来，已经收下了。";
      if (event !== "pause") paint(wave, 0);
    },
    progress: (share) => paint(wave, share),
  };
  button.addEventListener("click", () => play(url, player));
  if (!seconds) measure(url, length);
  return el("div", { class: "player" }, button, wave, length, words);
}

function face(button, name, label) {
  button.replaceChildren(icon(name));
  button.setAttribute("aria-label", label);
}

function paint(wave, share) {
  const done = Math.round(share * wave.childElementCount);
  [...wave.children].forEach((bar, index) => bar.classList.toggle("done", index < done));
}

function measure(url, length) {
  const probe = new Audio();
  probe.preload = "metadata";
  probe.addEventListener("loadedmetadata", () => {
    if (Number.isFinite(probe.duration)) length.textContent = secondsWords(probe.duration);
  });
  probe.src = url;
}

/** The small link under a field that plays the words it came from. */
export function sourceButton(url, source) {
  const label = `${source.start.toFixed(1)}″–${source.end.toFixed(1)}″`;
  const words = el("span", {}, label);
  const button = el("button", { class: "hear", type: "button", "aria-label": `听原话，第 ${label}` }, icon("play"), words);
  const player = {
    started: () => button.replaceChildren(icon("pause"), words),
    stopped: (event) => {
      button.replaceChildren(icon("play"), words);
      if (event === "error") words.textContent = "放不出来";
    },
    progress: () => {},
  };
  button.addEventListener("click", () => play(url, player, source.start, source.end));
  return button;
}
