// Building elements. Text only ever becomes text nodes, so nothing anybody writes is read as markup.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A link that leaves the page; anything but http(s) becomes plain text. */
export function outward(url, label, className = "") {
  if (!/^https?:\/\//i.test(url)) return el("span", { class: className }, label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", class: className }, label);
}

const SHAPES = {
  plus: "M12 5v14M5 12h14",
  pin: "M12 21s6.500-6 6.500-11a6.500 6.500 0 0 0-13 0c0 5 6.500 11 6.500 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  send: "M4 12 20 4.500 15.500 20l-4-6.500zM11.500 13.500 20 4.500",
  paper: "M7 3.500h7l4 4v13H7zM14 3.500v4h4",
  voice: "M5 10v4M9 7v10M13 4.500v15M17 8v8M21 10.500v3",
};

/** A line icon; decoration only, its button has the name. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "i");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A colour of the house for a name, the same every time. */
export function avatar(name) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 7, 0);
  return el("span", { class: `avatar h${hue}`, "aria-hidden": "true" }, name.slice(0, 1));
}

let zone = "Asia/Shanghai";

export function setZone(name) {
  zone = name;
}

export const clockTime = (moment) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment);

export function dayWords(moment) {
  const parts = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone, ...options }).format(moment);
  return `${parts({ month: "long", day: "numeric" })} ${parts({ weekday: "short" })}`;
}
