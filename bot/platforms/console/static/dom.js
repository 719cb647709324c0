// Building elements. Text only ever becomes text nodes, so nothing anybody types is read as markup.

/** An element with attributes (class, aria-*, data-*, …), listeners ("onclick": f) and children (strings become text). */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Text with **bold**; line breaks are kept by the stylesheet. */
export function rich(text) {
  const parts = String(text).split(/\*\*(.+?)\*\*/gs);
  return parts.map((part, index) => (index % 2 ? el("b", {}, part) : part)).filter((part) => part !== "");
}

const LINK = /\[([^\]\n]+)\]\((https?:\/\/[^\s)]+|\/[^\s)]*)\)/g;

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(...rich(text.slice(from, match.index)), outward(match[2], match[1]));
    from = match.index + match[0].length;
  }
  return [...nodes, ...rich(text.slice(from))];
}

/** Paragraphs, lists, headings, links and **bold**; anything else stands as it was written. */
export function markdown(text) {
  const blocks = [];
  let list = null;
  for (const line of String(text).split("\n")) {
    const item = /^\s*(?:[-*•]|(\d+)[.、])\s+(.*)$/.exec(line);
    const heading = /^#{1,4}\s+(.*)$/.exec(line);
    if (item) {
      const tag = item[1] ? "ol" : "ul";
      if (!list || list.localName !== tag) blocks.push((list = el(tag)));
      list.append(el("li", {}, inline(item[2])));
      continue;
    }
    list = null;
    if (heading) blocks.push(el("h4", {}, inline(heading[1])));
    else if (line.trim()) blocks.push(el("p", {}, inline(line)));
  }
  return blocks;
}

/** A link that leaves the page; anything but http(s) and our own paths becomes plain text. */
export function outward(url, label, className = "") {
  const own = url.startsWith("/") && !url.startsWith("//");
  if (!own && !/^https?:\/\//i.test(url)) return el("span", { class: className }, label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", class: className }, label);
}

const SHAPES = {
  menu: "M4 7h16M4 12h16M4 17h16",
  mic: "M12 3.5a3 3 0 0 1 3 3V12a3 3 0 0 1-6 0V6.5a3 3 0 0 1 3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  photo: "M4 8.5A1.5 1.5 0 0 1 5.500 7H8l1.500-2.500h5L16 7h2.500A1.500 1.500 0 0 1 20 8.500v9a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 17.500zM12 16a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400z",
  clip: "M19 11.500 12 18.500a4.600 4.600 0 0 1-6.500-6.500l7.500-7.500a3.100 3.100 0 0 1 4.400 4.400L10 16.300a1.500 1.500 0 0 1-2.200-2.200l6.700-6.700",
  pin: "M12 21s6.500-6 6.500-11a6.500 6.500 0 0 0-13 0c0 5 6.500 11 6.500 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  plus: "M12 5v14M5 12h14",
  cross: "M6 6l12 12M18 6 6 18",
  play: "M8 5.500v13l11-6.500z",
  pause: "M8.500 6v12M15.500 6v12",
  check: "m5 12.500 4.500 4.500L19 7.500",
  paper: "M7 3.500h7l4 4v13H7zM14 3.500v4h4",
};

/** A line icon; decoration only, its button has the name. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `i i-${name}`);
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A colour of the house for a name, the same every time. */
export function avatar(name, className = "") {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 7, 0);
  return el("span", { class: `avatar h${hue} ${className}`, "aria-hidden": "true" }, name.slice(0, 1));
}
