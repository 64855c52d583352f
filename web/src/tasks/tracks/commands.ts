/** The commands of the editor of tracks besides those of an image, as data. */
import type { Command } from "../types";

export interface TrackActions {
  group: string;
  playing: boolean;
  /** A track is selected, whether or not it is on this frame. */
  some: boolean;
  /** Another was selected before. */
  two: boolean;
  isKey: boolean;
  play(): void;
  step(by: number): void;
  faster(by: 1 | -1): void;
  ends(to: 0 | -1): void;
  keyHere(): void;
  dropKey(): void;
  toKey(by: 1 | -1): void;
  occluded(): void;
  outside(): void;
  split(): void;
  join(): void;
  removeTrack(): void;
  /** By what is seen, on or backwards, up to the next key frame. */
  carry(by: 1 | -1): void;
}

/** Of the image's commands, those whose keys mean something else in a video. */
const REPLACED = new Set(["tracks.grow-left", "tracks.grow-right"]);

export function trackCommands(a: TrackActions, own: readonly Command[]): Command[] {
  const make = (scope: Command["scope"], id: string, title: string, keys: string[], run: () => void, enabled = true): Command => ({ id: `tracks.${id}`, title, keys, group: a.group, scope, run, enabled });
  return [
    ...own.filter((command) => !REPLACED.has(command.id)),
    make("tool", "play", a.playing ? "Stop" : "Play", ["Space"], a.play),
    make("tool", "frame-back", "Previous frame", [","], () => a.step(-1)),
    make("tool", "frame-on", "Next frame", ["."], () => a.step(1)),
    make("tool", "frames-back", "Ten frames back", ["Shift+,", "<"], () => a.step(-10)),
    make("tool", "frames-on", "Ten frames on", ["Shift+.", ">"], () => a.step(10)),
    make("tool", "first", "First frame", ["Home"], () => a.ends(0)),
    make("tool", "last", "Last frame", ["End"], () => a.ends(-1)),
    make("tool", "slower", "Slower", ["-"], () => a.faster(-1)),
    make("tool", "faster", "Faster", ["="], () => a.faster(1)),
    ...(a.some ? onTrack(a, make) : []),
  ];
}

function onTrack(a: TrackActions, make: (scope: Command["scope"], id: string, title: string, keys: string[], run: () => void, enabled?: boolean) => Command): Command[] {
  return [
    make("region", "key", "Key frame here", ["Q"], a.keyHere),
    make("region", "drop-key", "Remove the key frame here", ["Shift+Q"], a.dropKey, a.isKey),
    make("region", "key-back", "Previous key frame", ["Alt+ArrowLeft"], () => a.toKey(-1)),
    make("region", "key-on", "Next key frame", ["Alt+ArrowRight"], () => a.toKey(1)),
    make("region", "occluded", "Hidden behind something from here, or not", ["D"], a.occluded),
    make("region", "outside", "Out of the picture from here, or back", ["E"], a.outside),
    make("region", "split", "Cut the track in two here", ["Shift+X"], a.split),
    make("region", "merge", "Join with the track selected before", ["Shift+M"], a.join, a.two),
    make("region", "remove-track", "Remove the whole track", ["Shift+Delete", "Shift+Backspace"], a.removeTrack),
    make("region", "carry", "Carry on by what is seen, to the next key frame", ["T"], () => a.carry(1)),
    make("region", "carry-back", "Carry backwards by what is seen", ["Shift+T"], () => a.carry(-1)),
  ];
}
