// The three platforms' markdowns, as far as their clients draw them: bold, colours, labels, links, pictures, headings,
// quotes and lists. Anything else stands as it was written.

import { el, outward } from "./dom.js";

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };
const ENTITY = /&(?:#(\d+)|(\w+));/g;
const PIECE =
  /\*\*(?<bold>[^\n]+?)\*\*|<font color=['"](?<color>\w+)['"]>(?<colored>[\s\S]*?)<\/font>|<text_tag color=['"](?<tone>\w+)['"]>(?<tag>[\s\S]*?)<\/text_tag>|!\[(?<alt>[^\]\n]*)\]\((?<image>[^)\s]+)\)|\[(?<label>[^\]\n]+)\]\((?<url>[^)\s]+)\)/g;

const decoded = (text) => text.replace(ENTITY, (whole, number, name) => (number ? String.fromCodePoint(number) : (NAMED[name] ?? whole)));

/** One run of text. `picture(key)` gives the address of a picture that a text shows. */
export function inline(text, picture = () => "") {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PIECE)) {
    nodes.push(decoded(text.slice(from, found.index)), piece(found.groups, picture));
    from = found.index + found[0].length;
  }
  return [...nodes, decoded(text.slice(from))].filter((part) => part !== "");
}

function piece(one, picture) {
  if (one.bold) return el("b", {}, inline(one.bold, picture));
  if (one.color) return el("span", { class: `c-${one.color}` }, inline(one.colored, picture));
  if (one.tone) return el("span", { class: `tag t-${one.tone}` }, inline(one.tag, picture));
  if (one.image) return el("img", { class: "shot", src: picture(one.image), alt: decoded(one.alt) });
  return outward(pageOf(one.url), decoded(one.label));
}

/** The page behind an address that opens inside a client. */
export function pageOf(url) {
  return url.startsWith("dingtalk:") ? (new URL(url).searchParams.get("url") ?? "") : url;
}

/** Paragraphs and the like. */
export function blocks(text, picture) {
  const out = [];
  let list = null;
  let lines = null;
  for (const raw of text.replace(/ {2}\n {2}/g, "\n").split("\n")) {
    const line = raw.trimEnd();
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const quote = /^>\s?(.*)$/.exec(line);
    const item = /^[-+]\s+(.*)$/.exec(line);
    if (!item) list = null;
    if (heading || quote || item || !line.trim()) lines = null;
    if (heading) out.push(el("h4", {}, inline(heading[1], picture)));
    else if (quote) out.push(el("blockquote", {}, inline(quote[1], picture)));
    else if (item) {
      if (!list) out.push((list = el("ul")));
      list.append(el("li", {}, inline(item[1], picture)));
    } else if (line.trim()) {
      if (lines) lines.append(el("br"));
      else out.push((lines = el("p")));
      lines.append(...inline(line, picture));
    }
  }
  return out;
}
