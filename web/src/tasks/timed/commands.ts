/** The commands of the editor of segments, as data. Those on a selected segment exist only while one is selected. */
import type { Command } from "../types";

export interface TimedActions {
  prefix: string;
  group: string;
  noun: string;
  nouns: string;
  worded: boolean;
  selected: "own" | "suggested" | null;
  some: boolean;
  ranged: boolean;
  /** There is something that Esc can back out of. */
  busy: boolean;
  pictured: boolean;
  /** What the keys step by: frames of a film, rows of a table, or a time. */
  unit: "frame" | "row" | "time";
  toggle(): void;
  playPart(): void;
  loop(): void;
  jump(by: number): void;
  rate(by: 1 | -1): void;
  setIn(): void;
  setOut(): void;
  add(): void;
  step(by: 1 | -1): void;
  accept(): void;
  reject(): void;
  remove(): void;
  edge(edge: "start" | "end", by: number): void;
  edgeHere(edge: "start" | "end"): void;
  split(): void;
  join(): void;
  write(): void;
  zoom(): void;
  fit(): void;
  zoomBy(factor: number): void;
  picture(): void;
  pitch(): void;
  intensity(): void;
  louder(by: 1 | -1): void;
  apart: (() => void) | null;
  back(): void;
}

type Make = (scope: "tool" | "region", id: string, title: string, keys: string[], run: () => void, more?: Partial<Command>) => Command;

export function timedCommands(a: TimedActions): Command[] {
  const make: Make = (scope, id, title, keys, run, more = {}) => ({ id: `${a.prefix}.${id}`, title, keys, group: a.group, scope, run, ...more });
  const back = a.busy ? [make("region", "back", "Let go", ["Escape"], a.back)] : [];
  const range = a.ranged ? [make("region", "add", `A ${a.noun} of the selected stretch`, ["Enter"], a.add)] : [];
  const always = [...playing(a, make), ...marking(a, make), ...viewing(a, make), ...range, ...back];
  if (a.selected === null) return always;
  if (a.selected === "suggested") {
    return [...always, make("region", "accept", "Accept this suggestion", ["A"], a.accept), make("region", "reject", "Reject this suggestion", ["R"], a.reject)];
  }
  return [...always, ...onSelected(a, make)];
}

function playing(a: TimedActions, make: Make): Command[] {
  return [
    make("tool", "play", "Play or pause", ["Space"], a.toggle, { repeat: false }),
    make("tool", "part", `Play the ${a.noun}, or the selected stretch; pause`, ["$mod+."], a.playPart, { inText: true, repeat: false }),
    make("tool", "loop", `Repeat the ${a.noun}, or the selected stretch`, ["Shift+Space"], a.loop, { repeat: false }),
    make("tool", "back-little", a.unit === "time" ? "Back by 0.1 s" : `Previous ${a.unit}`, [","], () => a.jump(-0.1)),
    make("tool", "on-little", a.unit === "time" ? "On by 0.1 s" : `Next ${a.unit}`, ["."], () => a.jump(0.1)),
    make("tool", "back-more", a.unit === "time" ? "Back by 1 s" : `Back ten ${a.unit}s`, ["Shift+,"], () => a.jump(-1)),
    make("tool", "on-more", a.unit === "time" ? "On by 1 s" : `On ten ${a.unit}s`, ["Shift+."], () => a.jump(1)),
    make("tool", "slower", "Slower", ["-"], () => a.rate(-1)),
    make("tool", "faster", "Faster", ["="], () => a.rate(1)),
  ];
}

function marking(a: TimedActions, make: Make): Command[] {
  return [
    make("tool", "in", `The ${a.noun} begins here`, ["I"], a.setIn, { repeat: false }),
    make("tool", "out", `The ${a.noun} ends here`, ["U"], a.setOut, { repeat: false }),
    make("tool", "next", `Next ${a.noun}`, ["J"], () => a.step(1), { enabled: a.some }),
    make("tool", "previous", `Previous ${a.noun}`, ["K"], () => a.step(-1), { enabled: a.some }),
    ...(a.worded
      ? [
          make("tool", "next-text", `Next ${a.noun}, from within the text`, ["$mod+ArrowDown"], () => a.step(1), { inText: true, enabled: a.some }),
          make("tool", "previous-text", `Previous ${a.noun}, from within the text`, ["$mod+ArrowUp"], () => a.step(-1), { inText: true, enabled: a.some }),
        ]
      : []),
  ];
}

function viewing(a: TimedActions, make: Make): Command[] {
  return [
    make("tool", "zoom", `Zoom to the ${a.noun} or the selected stretch, or show all`, ["Z"], a.zoom),
    make("tool", "fit", "Show all of it", ["Shift+Z"], a.fit),
    make("tool", "farther", "Zoom out", ["["], () => a.zoomBy(1 / 1.5)),
    make("tool", "nearer", "Zoom in", ["]"], () => a.zoomBy(1.5)),
    ...(a.pictured ? [make("tool", "spectrogram", "Spectrogram, shown or not", ["P"], a.picture, { repeat: false })] : []),
    ...(a.pictured ? [make("tool", "pitch", "Pitch, shown or not", ["Alt+P"], a.pitch, { repeat: false })] : []),
    ...(a.pictured ? [make("tool", "intensity", "Intensity, shown or not", ["Alt+I"], a.intensity, { repeat: false })] : []),
    ...(a.pictured && a.unit !== "frame"
      ? [
          make("tool", "softer", "Softer, by 6 dB", ["Alt+-"], () => a.louder(-1)),
          make("tool", "louder", "Louder, by 6 dB", ["Alt+="], () => a.louder(1)),
        ]
      : []),
    ...(a.apart ? [make("tool", "channels", "Left and right, apart or mixed", ["Shift+P"], a.apart, { repeat: false })] : []),
  ];
}

function onSelected(a: TimedActions, make: Make): Command[] {
  const edgeStep = a.unit === "row" ? "a row" : "10 ms";
  return [
    make("region", "remove", `Remove the ${a.noun}`, ["Delete", "Backspace"], a.remove),
    make("region", "start-here", "Its start is here", ["Shift+I"], () => a.edgeHere("start")),
    make("region", "end-here", "Its end is here", ["Shift+U"], () => a.edgeHere("end")),
    make("region", "end-right", `End ${edgeStep} later`, ["Alt+ArrowRight"], () => a.edge("end", 0.01)),
    make("region", "end-left", `End ${edgeStep} earlier`, ["Alt+ArrowLeft"], () => a.edge("end", -0.01)),
    make("region", "start-left", `Start ${edgeStep} earlier`, ["Alt+Shift+ArrowLeft"], () => a.edge("start", -0.01)),
    make("region", "start-right", `Start ${edgeStep} later`, ["Alt+Shift+ArrowRight"], () => a.edge("start", 0.01)),
    make("region", "split", "Cut in two at the playhead", ["B"], a.split),
    make("region", "join", `Join with the next ${a.noun} of its label`, ["M"], a.join),
    ...(a.worded ? [make("region", "write", "Write what is said", ["E"], a.write)] : []),
  ];
}
