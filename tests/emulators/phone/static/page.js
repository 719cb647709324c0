// An emulator's own page: one phone, and whose it is.

import { el } from "./dom.js";
import { Phone } from "./phone.js";

const NAMES = { feishu: "飞书模拟器", dingtalk: "钉钉模拟器", wecom: "企业微信模拟器" };
const LOOK = 800; // Milliseconds between looks.
const EXAMPLES = ["宏达机械今天已报价，竞品压价，希望总监帮忙申请特价", "今日拜访 仁和医院", "/help"];

const who = document.getElementById("who");
let phone = null;
let known = "";

async function look() {
  const asked = new URLSearchParams({ user: who.value, chat: phone?.chat ?? "", known });
  const response = await fetch(`/emulator/state?${asked}`).catch(() => null);
  if (!response?.ok || response.status === 204) return;
  const state = await response.json();
  if (who.value && state.user !== who.value) return;
  known = state.mark;
  if (!phone) begin(state);
  if (who.options.length !== state.people.length) who.replaceChildren(...state.people.map((one) => el("option", { value: one.id, selected: one.id === state.user }, [one.name, one.title].filter(Boolean).join(" · "))));
  phone.show(state.user, state);
}

function begin(state) {
  document.title = NAMES[state.platform];
  document.getElementById("title").textContent = NAMES[state.platform];
  document.getElementById("enter").hidden = state.platform === "dingtalk";
  phone = new Phone({ platform: state.platform, base: "/emulator", examples: EXAMPLES, done: look });
  document.getElementById("phone").append(phone.node);
}

who.addEventListener("change", look);
document.getElementById("enter").addEventListener("click", () => phone.post("enter", {}));
await look();
setInterval(look, LOOK);
