// The live connection. The browser reconnects by itself and names the last event it has, so nothing is missed;
// where the server cannot tell what was missed it says so (`hello` with fresh), and the page reads everything anew.

import { streamAddress } from "./api.js";

const KINDS = ["hello", "message", "update", "read", "hint", "clock", "elsewhere"];
const RETRY = 3000;

/** Opens the stream and calls `on[kind](fields)`; `on.down(isDown)` tells the state of the line. Gives a function that closes it. */
export function listen(on) {
  let source = null;
  let again = 0;
  let closed = false;

  function open() {
    source = new EventSource(streamAddress());
    source.onopen = () => on.down(false);
    source.onerror = () => {
      on.down(true);
      if (source.readyState !== EventSource.CLOSED || closed) return;
      clearTimeout(again);
      again = setTimeout(open, RETRY);
    };
    for (const kind of KINDS) source.addEventListener(kind, (event) => !closed && on[kind]?.(JSON.parse(event.data)));
  }

  open();
  return () => {
    closed = true;
    clearTimeout(again);
    source.close();
  };
}
