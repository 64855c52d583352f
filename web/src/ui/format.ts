/** Numbers, shares, durations and times as people read them. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** 12345 -> "12,345". */
export function count(n: number): string {
  return whole.format(n);
}

/** 1234567 -> "1.2M"; below 10,000 in full. */
export function shortCount(n: number): string {
  return Math.abs(n) < 10_000 ? whole.format(n) : compact.format(n);
}

/** `plural(1, "item")` -> "1 item"; `plural(2, "item")` -> "2 items". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`;
}

/** "0.42 EUR"; small amounts keep their digits, nothing is 0. */
export function moneyText(cost: number | null | undefined, currency: string): string {
  if (cost === null || cost === undefined) return "not known";
  const digits = cost === 0 ? 0 : cost < 0.01 ? 4 : cost < 1 ? 3 : 2;
  return `${cost.toFixed(digits)} ${currency}`.trim();
}

/** A confidence 0..1 in the two digits used everywhere: .97, 1.00. */
export function score(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value.toFixed(2).replace(/^0/, "");
}

/** A share 0..1 as percent: 0.873 -> "87%"; tiny but not zero -> "<1%". */
export function percent(share: number, digits = 0): string {
  if (share > 0 && share < 0.01 && digits === 0) return "<1%";
  if (share < 1 && share > 0.99 && digits === 0) return ">99%";
  return `${(share * 100).toFixed(digits)}%`;
}

/** Seconds -> "45 s", "3 min", "2 h 5 min", "3 d 4 h". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  return `${Math.floor(hours / 24)} d${hours % 24 ? ` ${hours % 24} h` : ""}`;
}

/** Bytes -> "12 kB", "3.4 MB" (powers of 1000). */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = n / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Unix seconds -> "just now", "5 min ago", "3 h ago", else the date. */
export function ago(at: number, now = Date.now() / 1000): string {
  const seconds = now - at;
  if (seconds < 45) return "just now";
  if (seconds < 48 * 3600) return `${duration(seconds < 3600 ? seconds : Math.round(seconds / 3600) * 3600)} ago`;
  return day(at);
}

/** Unix seconds -> "21 Nov 2026". */
export function day(at: number): string {
  return new Date(at * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** Unix seconds -> "21 Nov 2026, 14:05". */
export function moment(at: number): string {
  return `${day(at)}, ${new Date(at * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

/** Unknown -> a short line for tables and chips; of an object its entries, as "total: 973.25, currency: EUR". */
export function brief(value: unknown, length = 80): string {
  const text = typeof value === "string" ? value : isEntries(value) ? Object.entries(value).map(([key, one]) => `${key}: ${inner(one)}`).join(", ") || "{}" : (JSON.stringify(value) ?? "");
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

const isEntries = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Of a value that comes with its place, the value alone. */
function inner(value: unknown): string {
  const plain = isEntries(value) && "value" in value ? value.value : value;
  return typeof plain === "string" ? plain : (JSON.stringify(plain) ?? "");
}
