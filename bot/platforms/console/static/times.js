// Moments as people say them, in the team's zone, measured from the product's clock (which the demo may move).

let zone = "Asia/Shanghai";
let base = Date.now();
let since = performance.now();

export function setZone(name) {
  zone = name;
}

export function setNow(iso) {
  base = Date.parse(iso);
  since = performance.now();
}

export const now = () => new Date(base + performance.now() - since);

const parts = (moment, options) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone, ...options }).format(moment);

const day = (moment) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(moment);

export const clockTime = (moment) => parts(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const dayWords = (moment) => `${parts(moment, { month: "long", day: "numeric" })} ${parts(moment, { weekday: "short" })}`;

/** 今天 10:08, 昨天 18:30, 3月9日 周一 09:12. */
export function momentWords(iso) {
  const moment = new Date(iso);
  const today = now();
  if (day(moment) === day(today)) return `今天 ${clockTime(moment)}`;
  if (day(moment) === day(new Date(today.getTime() - 86400000))) return `昨天 ${clockTime(moment)}`;
  return `${dayWords(moment)} ${clockTime(moment)}`;
}

/** For the list of conversations: 10:08 today, 昨天, 3月9日. */
export function shortWords(iso) {
  const moment = new Date(iso);
  const today = now();
  if (day(moment) === day(today)) return clockTime(moment);
  if (day(moment) === day(new Date(today.getTime() - 86400000))) return "昨天";
  return parts(moment, { month: "numeric", day: "numeric" });
}

export const sameDay = (one, other) => day(new Date(one)) === day(new Date(other));

/** Seconds as 7″ or 1′05″. */
export function secondsWords(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}″`;
  return `${Math.floor(whole / 60)}′${String(whole % 60).padStart(2, "0")}″`;
}

export function sizeWords(bytes) {
  if (bytes >= 1048576) return `${(bytes / 1048576).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
