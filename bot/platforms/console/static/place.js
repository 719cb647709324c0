// Where am I: the browser's position, or typed coordinates where there is none (a desk, a refused permission).

import { byId, el } from "./dom.js";

const PATIENCE = 8000;
const EXAMPLES = [
  ["上海 · 人民广场", 31.23037, 121.4737],
  ["苏州 · 工业园区", 31.32436, 120.71238],
];

function locate() {
  return new Promise((found, failed) => {
    if (!navigator.geolocation) return failed(new Error("none"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ latitude: coords.latitude, longitude: coords.longitude, accuracy: Math.round(coords.accuracy) }),
      failed,
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 30000 },
    );
  });
}

/** Asks for a position: {latitude, longitude, accuracy, address}, or null when the person thinks better of it. */
export function askPosition() {
  const dialog = byId("place");
  const latitude = el("input", { id: "place-latitude", inputmode: "decimal", placeholder: "31.23037" });
  const longitude = el("input", { id: "place-longitude", inputmode: "decimal", placeholder: "121.47370" });
  const address = el("input", { id: "place-address", placeholder: "例如：宏达机械门口" });
  const state = el("p", { class: "soft", role: "status" }, "正在取当前位置…");
  const wrong = el("p", { class: "problem", role: "alert" });
  let accuracy = null;

  const fill = (place, metres) => {
    latitude.value = place.latitude;
    longitude.value = place.longitude;
    accuracy = metres;
  };
  const given = () => {
    const place = { latitude: Number(latitude.value), longitude: Number(longitude.value), accuracy, address: address.value.trim() };
    const good = latitude.value.trim() && longitude.value.trim() && Math.abs(place.latitude) <= 90 && Math.abs(place.longitude) <= 180;
    return good ? place : null;
  };
  const examples = EXAMPLES.map(([name, north, east]) =>
    el("button", { class: "chip", type: "button", onclick: () => fill({ latitude: north, longitude: east }, 20) }, name),
  );

  return new Promise((answer) => {
    const finish = (place) => {
      dialog.close();
      answer(place);
    };
    const form = el(
      "form",
      { method: "dialog" },
      el("h3", { id: "place-title" }, "我在哪里"),
      state,
      el("div", { class: "pair" }, el("label", {}, "纬度", latitude), el("label", {}, "经度", longitude)),
      el("label", {}, "地点（可不填）", address),
      el("div", { class: "chips" }, examples),
      wrong,
      el("div", { class: "actions" }, el("button", { class: "btn primary", type: "submit" }, "用这个位置"), el("button", { class: "btn", type: "button", onclick: () => finish(null) }, "取消")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const place = given();
      if (place) finish(place);
      else wrong.textContent = "请填纬度（-90 到 90）和经度（-180 到 180）。";
    });
    dialog.oncancel = () => answer(null);
    dialog.replaceChildren(form);
    dialog.showModal();
    locate().then(
      (place) => {
        if (!latitude.value) fill(place, place.accuracy);
        state.textContent = `取到了，误差约 ${place.accuracy} 米。`;
      },
      () => {
        state.textContent = "浏览器没有给位置，可以手填坐标，或点下面的示例。";
        latitude.focus();
      },
    );
  });
}
