/**
 * Numbers, amounts and dates as they stand in documents, read into one form. The same reading as on the server, held to the same cases
 * (`typed-cases.json`). Pure; what cannot be read for certain gives null, never a guess.
 */

export type DateOrder = "dmy" | "mdy";
export type DecimalMark = "auto" | "." | ",";

const NUMBER = /^([^\d]{0,12}?)(\d[\d.,'’ \u00a0\u202f]*)([^\d]{0,12})$/u;
const GROUPED = /^\d{1,3}([.,' ])\d{2,3}(?:\1\d{2,3})*$/;

/** The number in a text that holds one, with or without a currency or unit beside it. */
export function readNumber(text: string, decimal: DecimalMark = "auto", amount = false): number | null {
  const found = NUMBER.exec(text.trim());
  if (!found) return null;
  const [, before, raw, after] = found as unknown as [string, string, string, string];
  const digits = raw.replace(/[.,'’ \u00a0\u202f]+$/u, "").replace(/[\u00a0\u202f]/gu, " ").replace(/’/g, "'");
  const plain = plainDigits(digits, decimal, amount);
  if (plain === null) return null;
  const behind = ["-", "−"].includes(after.trim()) && /\d$/.test(raw); // 12- is a credit, 12,- is an even price
  const minus = /[-−–]/.test(before) || (before.includes("(") && after.includes(")")) || behind;
  const number = Number(plain);
  return minus && number ? -number : number;
}

function plainDigits(digits: string, decimal: DecimalMark, amount: boolean): string | null {
  const marks = [...digits].filter((c) => c === "." || c === ",");
  const point = decimal === "auto" ? pointOf(digits, marks, amount) : marks.includes(decimal) ? decimal : null;
  let whole = digits;
  let fraction = "";
  if (point !== null) {
    const parts = digits.split(point);
    if (parts.length > 2) return null;
    [whole, fraction] = parts as [string, string];
  }
  if (fraction && !/^\d+$/.test(fraction)) return null;
  if (!/^\d+$/.test(whole)) {
    if (!GROUPED.test(whole) || !/\d{3}$/.test(whole)) return null;
    whole = whole.replace(/\D/g, "");
  }
  return fraction ? `${whole}.${fraction}` : whole;
}

function pointOf(digits: string, marks: readonly string[], amount: boolean): string | null {
  const last = marks.at(-1);
  if (last === undefined) return null;
  if (new Set(marks).size === 2) return last;
  if (marks.length > 1) return null;
  const [whole, fraction] = digits.split(last) as [string, string];
  const thousands = fraction.length === 3 && whole.length >= 1 && whole.length <= 3 && whole !== "0";
  return thousands && (last === "," || amount) ? null : last;
}

const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    "january januar januari janvier enero gennaio stycznia janeiro janv jan ene gen sty",
    "february februar februari février fevrier febrero febbraio lutego fevereiro févr fevr feb fév fev lut",
    "march märz maerz maart mars marzo marca março marco mar mär mrz mrt",
    "april avril abril aprile kwietnia apr avr abr kwi",
    "may mai mei mayo maggio maja maio mag maj",
    "june juni juin junio giugno czerwca junho jun giu cze",
    "july juli juillet julio luglio lipca julho juil jul lug lip",
    "august augustus août aout agosto sierpnia aug aoû ago sie",
    "september septembre septiembre settembre września wrzesnia setembro sept sep set wrz",
    "october oktober octobre octubre ottobre października pazdziernika outubro oct okt ott out paź paz",
    "november novembre noviembre listopada novembro nov lis",
    "december dezember décembre decembre diciembre dicembre grudnia dezembro dec dez déc dic gru",
  ].flatMap((names, i) => names.split(" ").map((name) => [name, i + 1] as const)),
);
const ORDINAL = /(?<=\d)(?:st|nd|rd|th|er|º|ª|\.)(?=\s|$)/giu;
const NUMERIC = /^(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})$/;
const EAST = /^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日$/u;
const DAY_FIRST = /^(\d{1,2})[\s\-/.]*(?:de\s+)?(\p{L}{3,12})[\s\-/.,]*(?:de\s+)?['’]?(\d{4}|\d{2})$/u;
const MONTH_FIRST = /^(\p{L}{3,12})[\s\-/.]*(\d{1,2})[\s,\-/.]+['’]?(\d{4}|\d{2})$/u;
const YEAR_FIRST = /^(\d{4})[\s\-/.]*(\p{L}{3,12})[\s\-/.]*(\d{1,2})$/u;

/** The date in a text that holds one and nothing else, as YYYY-MM-DD. */
export function readDate(text: string, order: DateOrder = "dmy"): string | null {
  const words = text.trim().split(/\s+/u).join(" ").replace(ORDINAL, "").replace(/^[ ,.;]+|[ ,.;]+$/g, "").toLowerCase();
  const east = EAST.exec(words);
  if (east) return dateOf(Number(east[1]), Number(east[2]), Number(east[3]));
  const numeric = NUMERIC.exec(words);
  if (numeric) {
    const [, a, , b, c] = numeric as unknown as [string, string, string, string, string];
    if (a.length > 2) return a.length === 4 ? dateOf(Number(a), Number(b), Number(c)) : null;
    if (c.length !== 2 && c.length !== 4) return null;
    const dmy = dateOf(yearOf(c), Number(b), Number(a));
    const mdy = dateOf(yearOf(c), Number(a), Number(b));
    return order === "dmy" ? (dmy ?? mdy) : (mdy ?? dmy);
  }
  return named(words);
}

function named(words: string): string | null {
  const day = DAY_FIRST.exec(words);
  const ofDay = day && MONTHS.get(day[2]!);
  if (day && ofDay) return dateOf(yearOf(day[3]!), ofDay, Number(day[1]));
  const month = MONTH_FIRST.exec(words);
  const ofMonth = month && MONTHS.get(month[1]!);
  if (month && ofMonth) return dateOf(yearOf(month[3]!), ofMonth, Number(month[2]));
  const year = YEAR_FIRST.exec(words);
  const ofYear = year && MONTHS.get(year[2]!);
  return year && ofYear ? dateOf(Number(year[1]), ofYear, Number(year[3])) : null;
}

function yearOf(digits: string): number {
  const year = Number(digits);
  return digits.length > 2 ? year : year + (year < 70 ? 2000 : 1900);
}

function dateOf(year: number, month: number, day: number): string | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (year < 1 || date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
