// Recording a voice note in the browser, in whatever container it makes.

import { byId, el, icon } from "./dom.js";
import { secondsWords } from "./times.js";

const FORMATS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const LONGEST = 10 * 60; // Seconds.
const BARS = 28;

/** Wires the recording bar. `send(file, seconds)` gets the note, `say(words)` what went wrong. */
export function recorder({ send, say }) {
  const bar = byId("recording");
  const composer = byId("composer");
  const levels = byId("levels");
  let session = null;

  levels.replaceChildren(...Array.from({ length: BARS }, () => el("i")));
  byId("record-cancel").append(icon("cross"));
  byId("record-cancel").addEventListener("click", () => stop(false));
  byId("record-send").addEventListener("click", () => stop(true));
  bar.addEventListener("keydown", (event) => event.key === "Escape" && stop(false));

  async function start() {
    if (session) return;
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
      return say("这个浏览器不能录音；可以把录音文件拖进来，或点回形针选一个。");
    }
    try {
      session = await open();
    } catch {
      return say("浏览器没有给麦克风权限；打开权限再点一次，或把录音文件拖进来。");
    }
    composer.hidden = true;
    bar.hidden = false;
    byId("record-send").focus();
    session.timer = setInterval(tick, 100);
    tick();
  }

  async function open() {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    const mimeType = FORMATS.find((format) => MediaRecorder.isTypeSupported(format));
    const recording = new MediaRecorder(sound, mimeType ? { mimeType, audioBitsPerSecond: 32000 } : {});
    const pieces = [];
    recording.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 256;
    context.createMediaStreamSource(sound).connect(analyser);
    recording.start(1000);
    return { sound, recording, pieces, context, analyser, began: performance.now(), loud: [] };
  }

  const seconds = () => (performance.now() - session.began) / 1000;

  function tick() {
    byId("record-time").textContent = secondsWords(seconds());
    const wave = new Uint8Array(session.analyser.fftSize);
    session.analyser.getByteTimeDomainData(wave);
    const peak = Math.max(...wave.map((sample) => Math.abs(sample - 128))) / 128;
    session.loud = [...session.loud, peak].slice(-BARS);
    session.loud.forEach((level, index) => (levels.children[index].style.height = `${Math.max(8, Math.min(100, level * 160))}%`));
    if (seconds() >= LONGEST) stop(true);
  }

  async function stop(wanted) {
    if (!session) return;
    const { sound, recording, pieces, context, timer } = session;
    const length = seconds();
    clearInterval(timer);
    session = null;
    bar.hidden = true;
    composer.hidden = false;
    byId("voice").focus();
    const ended = new Promise((done) => recording.addEventListener("stop", done, { once: true }));
    recording.stop();
    await ended;
    for (const track of sound.getTracks()) track.stop();
    await context.close();
    if (!wanted) return;
    const type = recording.mimeType.split(";")[0] || "audio/webm";
    const name = `语音.${{ "audio/mp4": "m4a", "audio/ogg": "ogg" }[type] ?? "webm"}`;
    send(new File(pieces, name, { type }), length);
  }

  byId("voice").addEventListener("click", start);
}
