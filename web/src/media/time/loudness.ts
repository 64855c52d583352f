/**
 * Louder and softer: one setting for all recordings, for as long as the page is open. What is softer, an element's own volume does;
 * what is louder than the file goes through an amplifier, made when it is first asked for, which cuts off what becomes too loud.
 */
import { useSyncExternalStore } from "react";

/** In steps of 6 dB: half as loud, and twice. */
export const GAINS = [-18, -12, -6, 0, 6, 12, 18, 24] as const;

const listeners = new Set<() => void>();
let decibels: number = 0;

export function turn(by: 1 | -1): void {
  const at = GAINS.indexOf(decibels as (typeof GAINS)[number]) + by;
  decibels = GAINS[Math.min(GAINS.length - 1, Math.max(0, at))]!;
  listeners.forEach((tell) => tell());
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The setting in dB; 0 leaves the sound as it is. */
export const useLoudness = (): number => useSyncExternalStore(subscribe, () => decibels);

/** What samples are multiplied by. */
export const factorOf = (db: number): number => 10 ** (db / 20);

let context: AudioContext | null = null;
const amplifiers = new WeakMap<HTMLMediaElement, GainNode>();

export function amplify(element: HTMLMediaElement, db: number): void {
  let amplifier = amplifiers.get(element);
  if (!amplifier && db > 0 && typeof AudioContext !== "undefined") {
    context ??= new AudioContext();
    amplifier = context.createGain();
    context.createMediaElementSource(element).connect(amplifier).connect(context.destination);
    amplifiers.set(element, amplifier);
  }
  if (!amplifier) {
    element.volume = Math.min(1, factorOf(db));
    return;
  }
  element.volume = 1;
  amplifier.gain.value = factorOf(db);
  if (context?.state === "suspended") void context.resume();
}
