// The open conversation: messages in order, times between them, and the newest in sight when one was looking at it.

import { Bubble } from "./bubble.js";
import { byId } from "./dom.js";
import { momentWords, sameDay } from "./times.js";

const NEAR = 90; // Pixels from the end that still count as looking at the newest.
const PAUSE = 5 * 60000; // A silence after which the time is said again.

export class Thread {
  constructor({ seen }) {
    this.pane = byId("thread");
    this.list = byId("messages");
    this.newest = byId("newest");
    this.seen = seen;
    this.bubbles = new Map();
    this.following = true;
    this.before = 0;
    this.pane.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.newest.addEventListener("click", () => this.toEnd(true));
    // A bubble that grows (a transcript, a picture) keeps the end in sight when it was.
    const grown = new ResizeObserver(() => this.following && this.toEnd(false));
    grown.observe(this.list);
    grown.observe(this.pane);
  }

  /** Shows a conversation's page of messages from nothing. */
  open(me, conversation, messages) {
    this.me = me;
    this.conversation = conversation;
    this.bubbles.clear();
    this.list.replaceChildren();
    for (const message of messages) this.put(message);
    this.times();
    this.toEnd(false);
  }

  /** Puts older messages above without moving what is being looked at. */
  above(messages) {
    const below = this.pane.scrollHeight - this.pane.scrollTop;
    for (const message of messages) this.put(message);
    this.times();
    this.pane.scrollTop = this.pane.scrollHeight - below;
  }

  /** A new message, or a known one in a new state. */
  show(message) {
    const known = this.find(message);
    const follow = this.following || (!known && message.author === this.me);
    if (known) this.again(known, message);
    else this.put(message);
    this.times();
    if (known && !follow) return;
    if (follow) this.toEnd(!known);
    else this.newest.hidden = false;
  }

  /** Every message of a freshly read page: adds what is missing, mends what is old. */
  merge(messages) {
    for (const message of messages) {
      const known = this.find(message);
      if (!known) this.put(message);
      else if (message.rev > known.message.rev || known.message.id === null) this.again(known, message);
    }
    this.times();
  }

  find(message) {
    return this.bubbles.get(message.id) ?? (message.key && this.bubbles.get(message.key));
  }

  again(bubble, message) {
    if (bubble.message.id === null) {
      this.bubbles.set(message.id, bubble);
      bubble.node.dataset.id = message.id;
      this.place(bubble, message.id);
    }
    bubble.update(message);
  }

  put(message) {
    const mine = message.author === this.me;
    const bubble = new Bubble(message, { mine, group: this.conversation.startsWith("group:") });
    this.bubbles.set(message.id ?? message.key, bubble);
    if (message.key) this.bubbles.set(message.key, bubble);
    this.place(bubble, message.id ?? Infinity);
    return bubble;
  }

  place(bubble, id) {
    const later = [...this.list.children].reverse().findLast((item) => item !== bubble.node && (Number(item.dataset.id) || Infinity) > id);
    this.list.insertBefore(bubble.node, later ?? null);
  }

  times() {
    let before = null;
    for (const item of this.list.children) {
      const bubble = this.bubbles.get(Number(item.dataset.id)) ?? [...this.bubbles.values()].find((one) => one.node === item);
      const { at, author } = bubble.message;
      const pause = !before || Date.parse(at) - Date.parse(before.at) >= PAUSE || !sameDay(at, before.at);
      bubble.when.hidden = !pause;
      bubble.when.textContent = pause ? momentWords(at) : "";
      item.classList.toggle("next", !pause && before.author === author);
      before = bubble.message;
    }
  }

  get last() {
    return Math.max(0, ...[...this.bubbles.keys()].filter(Number.isInteger));
  }

  get first() {
    return Math.min(...[...this.bubbles.keys()].filter(Number.isInteger));
  }

  atEnd() {
    return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < NEAR;
  }

  /** Scrolling up means reading; arriving at the end means following again. */
  scrolled() {
    const top = this.pane.scrollTop;
    if (this.atEnd()) this.caughtUp();
    else if (top < this.before) this.following = false;
    this.before = top;
  }

  toEnd(smooth) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.following = true;
    this.pane.scrollTo({ top: this.pane.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    this.caughtUp();
  }

  caughtUp() {
    this.following = true;
    this.newest.hidden = true;
    this.seen(this.last);
  }
}
