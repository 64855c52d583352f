/** Text with some of its words marked. */
import { Fragment } from "react";

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The text cut at each occurrence of any of the words; odd entries are the hits. */
export function cutAtWords(text: string, words: string): string[] {
  const list = words.trim().split(/\s+/).filter(Boolean);
  if (list.length === 0) return [text];
  return text.split(new RegExp(`(${list.map(escape).join("|")})`, "giu"));
}

export function Highlighted({ text, words }: { text: string; words?: string | undefined }) {
  if (!words) return text;
  return cutAtWords(text, words).map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : <Fragment key={i}>{part}</Fragment>));
}
