// What I say. Each message has an id of its own, so sending it again is still one message.

import { Failure, freshId, post } from "./api.js";
import { now } from "./times.js";

export class Sending {
  /** `chat` knows who I am (`me`), where I speak (`room`) and what is shown (`thread`). */
  constructor(chat) {
    this.chat = chat;
    this.unsent = new Set();
    addEventListener("beforeunload", (event) => this.unsent.size && event.preventDefault());
  }

  text(text) {
    const { room } = this.chat;
    this.send({ kind: "text", body: { text } }, (id) => post("messages", { id, conversation: room, text }));
  }

  position(place) {
    const { room } = this.chat;
    this.send({ kind: "position", body: { position: place } }, (id) => post("messages", { id, conversation: room, position: place }));
  }

  file(file, kind, seconds) {
    const { room } = this.chat;
    const body = { sha256: "local", name: file.name, size: file.size, seconds };
    this.send({ kind, body, files: { local: URL.createObjectURL(file) } }, (id) => {
      const form = new FormData();
      const fields = { id, conversation: room, kind, seconds: seconds?.toFixed(1) };
      for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
      form.append("file", file, file.name);
      return post("messages", form);
    });
  }

  /** Shows it at once, delivers it, and offers to try again when that failed. */
  send(shown, deliver) {
    const { room, me, thread } = this.chat;
    const key = freshId();
    const message = { id: null, rev: 0, key, conversation: room, author: me.user, at: now().toISOString(), files: {}, ...shown };
    const unsent = { message, words: "", again: null };
    unsent.again = async () => {
      unsent.words = "";
      thread.find(message)?.show("sending");
      try {
        const answer = await deliver(key);
        this.unsent.delete(unsent);
        thread.find(message)?.show("sent");
        if (this.chat.room === room && this.chat.me === me) thread.show(answer.message);
      } catch (failure) {
        unsent.words = failure instanceof Failure ? failure.words : "没有发出去。";
        if (thread.find(message)) thread.find(message).show("failed", unsent.words, unsent.again);
        else this.chat.notice(`另一个会话里有一条没有送到：${unsent.words}`);
      }
    };
    this.unsent.add(unsent);
    thread.show(message);
    this.chat.empty();
    unsent.again();
  }

  /** What was not delivered stands in its conversation again when that is opened. */
  again(room, user) {
    const { thread } = this.chat;
    for (const { message, words, again } of this.unsent) {
      if (message.conversation !== room || message.author !== user) continue;
      if (!thread.find(message)) thread.show(message);
      thread.find(message).show(words ? "failed" : "sending", words, again);
    }
  }
}
