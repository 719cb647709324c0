// Codes read by the camera where the browser can; typed where it cannot.

const LOOKS = 200;

export async function scan(field) {
  const button = field.querySelector(".scan");
  const input = field.querySelector("input");
  const formats = await readable();
  if (!formats.length) return;
  field.querySelector(".by-hand").hidden = true;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = await look(new BarcodeDetector({ formats })).catch(() => null);
    if (code === null) {
      const hint = field.querySelector(".by-hand");
      hint.textContent = "相机没有打开。请允许浏览器用相机，或者把码下面的数字填进来。";
      hint.hidden = false;
    } else if (code) {
      input.value = code;
      input.focus();
    }
  });
}

async function readable() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return [];
  return BarcodeDetector.getSupportedFormats().catch(() => []);
}

/** What the camera reads; empty when the person closes it. Rejects when there is no camera to be had. */
async function look(detector) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const { dialog, video, close } = viewfinder();
  video.srcObject = stream;
  document.body.append(dialog);
  dialog.showModal();
  try {
    await video.play();
    return await read(detector, video, dialog, close);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    dialog.remove();
  }
}

function read(detector, video, dialog, close) {
  return new Promise((found) => {
    const timer = setInterval(async () => {
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length) end(codes[0].rawValue);
    }, LOOKS);
    const end = (code) => {
      clearInterval(timer);
      found(code);
    };
    close.addEventListener("click", () => end(""));
    dialog.addEventListener("cancel", () => end(""));
  });
}

function viewfinder() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "扫码");
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
  const aim = Object.assign(document.createElement("span"), { className: "aim" });
  const bar = Object.assign(document.createElement("div"), { className: "bar" });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "手填" });
  bar.append("把码放进框里", close);
  dialog.append(video, aim, bar);
  return { dialog, video, close };
}
