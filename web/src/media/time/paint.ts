/** How lanes and the ruler are drawn. What a person decided is solid, what is suggested is dashed. */
import { clockText, tickStep, type TimeAxis } from "./axis";
import type { Range } from "./gestures";
import { within, type PlacedLane, type TimeMark } from "./marks";
import type { ColorOf } from "./strip";

export const LANE_ROW = 22;
export const LANE_GAP = 4;

/** The top of each lane, and the height of all. */
export function laneTops(lanes: readonly PlacedLane[]): { tops: number[]; height: number } {
  const tops: number[] = [];
  let height = 0;
  for (const lane of lanes) {
    tops.push(height);
    height += lane.rows * LANE_ROW + LANE_GAP;
  }
  return { tops, height };
}

/** Which lane and row lie at a height; null between and below. */
export function spotAt(lanes: readonly PlacedLane[], tops: readonly number[], y: number): { lane: PlacedLane; row: number } | null {
  for (let i = lanes.length - 1; i >= 0; i--) {
    if (y < tops[i]!) continue;
    const row = Math.floor((y - tops[i]!) / LANE_ROW);
    return { lane: lanes[i]!, row: Math.min(row, lanes[i]!.rows - 1) };
  }
  return null;
}

export interface LanesLook {
  lanes: readonly PlacedLane[];
  tops: readonly number[];
  selected: string | null;
  range: Range | null;
  ghost: { lane: string; start: number; end: number } | null;
}

export function paintLanes(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, axis: TimeAxis, look: LanesLook): void {
  paintRange(pen, height, color, axis, look.range);
  pen.font = "500 11px Inter, system-ui, sans-serif";
  pen.textBaseline = "middle";
  const { from } = axis.view;
  look.lanes.forEach((lane, i) => {
    const top = look.tops[i]!;
    pen.fillStyle = color("var(--border)");
    pen.fillRect(0, top + lane.rows * LANE_ROW + LANE_GAP / 2, width, 1);
    /** The last pixel that is covered in each row: of many segments on one pixel, one is drawn. */
    const covered: number[] = [];
    let chosen: { mark: TimeMark; y: number } | null = null;
    for (const { mark, row } of within(lane, from, axis.to)) {
      const y = top + row * LANE_ROW + 2;
      if (mark.key === look.selected) {
        chosen = { mark, y };
        continue;
      }
      const right = axis.xOf(mark.end);
      if (right < (covered[row] ?? -1) + 1 && right - axis.xOf(mark.start) < 1) continue;
      covered[row] = right;
      paintMark(pen, color, axis, mark, y, width, false);
    }
    if (chosen) paintMark(pen, color, axis, chosen.mark, chosen.y, width, true);
    if (look.ghost?.lane === lane.lane.id) paintGhost(pen, color, axis, look.ghost, top, lane);
  });
}

function paintMark(pen: CanvasRenderingContext2D, color: ColorOf, axis: TimeAxis, mark: TimeMark, y: number, width: number, selected: boolean): void {
  const left = Math.max(-4, Math.round(axis.xOf(mark.start)));
  const right = Math.min(width + 4, Math.max(left + 1, Math.round(axis.xOf(mark.end))));
  const [w, h] = [right - left, LANE_ROW - 4];
  const tone = color(mark.color);
  pen.fillStyle = tone;
  pen.globalAlpha = mark.dashed ? (selected ? 0.22 : 0.08) : selected ? 0.62 : 0.32;
  pen.fillRect(left, y, w, h);
  pen.globalAlpha = 1;
  if (mark.dashed) {
    if (w > 3) outline(pen, tone, left, y, w, h, [3, 3], selected ? 2 : 1);
  } else if (w > 4) {
    pen.fillRect(left, y, 2, h);
    pen.fillRect(right - 2, y, 2, h);
    if (selected) outline(pen, color("var(--text)"), left, y, w, h, [], 1.5);
  } else if (selected) outline(pen, color("var(--text)"), left - 1, y, w + 2, h, [], 1.5);
  for (const tick of mark.ticks ?? []) paintTick(pen, color, axis.xOf(tick), y + h / 2, width);
  if (w > 22 && mark.title) paintTitle(pen, color, mark.title, Math.max(left, 0), right, y, h);
}

function outline(pen: CanvasRenderingContext2D, tone: string, x: number, y: number, w: number, h: number, dash: number[], line: number): void {
  pen.strokeStyle = tone;
  pen.lineWidth = line;
  pen.setLineDash(dash);
  pen.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  pen.setLineDash([]);
}

function paintTitle(pen: CanvasRenderingContext2D, color: ColorOf, title: string, left: number, right: number, y: number, h: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(left + 4, y, right - left - 8, h);
  pen.clip();
  pen.fillStyle = color("var(--text)");
  pen.fillText(title.slice(0, 200), left + 5, y + h / 2 + 0.5);
  pen.restore();
}

function paintTick(pen: CanvasRenderingContext2D, color: ColorOf, x: number, y: number, width: number): void {
  if (x < -4 || x > width + 4) return;
  pen.fillStyle = color("var(--text)");
  pen.beginPath();
  pen.moveTo(x, y - 4);
  pen.lineTo(x + 4, y);
  pen.lineTo(x, y + 4);
  pen.lineTo(x - 4, y);
  pen.fill();
}

function paintGhost(pen: CanvasRenderingContext2D, color: ColorOf, axis: TimeAxis, ghost: Range, top: number, lane: PlacedLane): void {
  const left = axis.xOf(ghost.start);
  pen.fillStyle = color(lane.lane.color);
  pen.globalAlpha = 0.5;
  pen.fillRect(left, top + 2, Math.max(1, axis.xOf(ghost.end) - left), lane.rows * LANE_ROW - 4);
  pen.globalAlpha = 1;
}

/** The selected stretch, as a band through whatever row. */
export function paintRange(pen: CanvasRenderingContext2D, height: number, color: ColorOf, axis: TimeAxis, range: Range | null): void {
  if (!range) return;
  const [left, right] = [axis.xOf(range.start), axis.xOf(range.end)];
  pen.fillStyle = color("var(--accent)");
  pen.globalAlpha = 0.16;
  pen.fillRect(left, 0, right - left, height);
  pen.globalAlpha = 1;
  pen.fillRect(Math.round(left), 0, 1, height);
  pen.fillRect(Math.round(right) - 1, 0, 1, height);
}

export function paintRuler(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, axis: TimeAxis): void {
  const step = tickStep(axis.view.scale);
  const minor = step / 5;
  pen.font = "400 10px ui-monospace, Menlo, Consolas, monospace";
  pen.textBaseline = "top";
  const first = Math.floor(axis.view.from / minor);
  for (let n = first; n * minor <= axis.to; n++) {
    const x = Math.round(axis.xOf(n * minor));
    const major = n % 5 === 0;
    pen.fillStyle = color(major ? "var(--border-strong)" : "var(--border)");
    pen.fillRect(x, major ? height - 8 : height - 4, 1, major ? 8 : 4);
    if (!major || x > width) continue;
    pen.fillStyle = color("var(--text-dim)");
    pen.fillText(clockText(n * minor, step), x + 3, 2);
  }
}
