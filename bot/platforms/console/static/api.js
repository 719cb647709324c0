// Requests to our own server. A failure carries words for the person.

export class Failure extends Error {
  constructor(words, status, code) {
    super(words);
    this.words = words;
    this.status = status;
    this.code = code;
  }
}

let me = "";

/** Whom the page plays (the demo); the server ignores it where people log in. */
export function actAs(user) {
  me = user;
}

function address(path, query = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null) url.searchParams.set(name, value);
  if (me) url.searchParams.set("as", me);
  return url;
}

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Failure("连不上服务器，请检查网络后再试。", 0, "network");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Failure(body.error?.words ?? "服务器暂时没有回应，请稍后再试。", response.status, body.error?.code ?? "");
}

export const get = (path, query) => answered(fetch(address(`/console/api/${path}`, query)));

export function post(path, body) {
  const form = body instanceof FormData;
  const headers = form ? {} : { "Content-Type": "application/json" };
  return answered(fetch(address(`/console/api/${path}`), { method: "POST", headers, body: form ? body : JSON.stringify(body) }));
}

/** A fresh id for a message; posting it twice is one message. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const streamAddress = () => address("/console/api/stream");
