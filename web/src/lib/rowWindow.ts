/**
 * Which rows of a very long list are on the screen. Browsers cap the height of an element (16 to 33 million pixels), so
 * beyond `MAX_TRACK` the track is shorter than the list and the scroll bar moves through it in proportion; the exact
 * position is kept apart, so that the wheel and the keys still move row by row.
 */

/** Highest track in pixels; below every browser's limit. */
export const MAX_TRACK = 8_000_000;

export interface ListShape {
  rows: number;
  rowHeight: number;
  /** Height of the visible part. */
  viewport: number;
}

/** Height the whole list would have. */
export function listHeight({ rows, rowHeight }: ListShape): number {
  return rows * rowHeight;
}

/** Height of the element that makes the scroll bar. */
export function trackHeight(shape: ListShape): number {
  return Math.min(MAX_TRACK, listHeight(shape));
}

export function isCompressed(shape: ListShape): boolean {
  return listHeight(shape) > MAX_TRACK;
}

/** Largest position: the last row touches the lower edge. */
export function lastPosition(shape: ListShape): number {
  return Math.max(0, listHeight(shape) - shape.viewport);
}

export function clampPosition(shape: ListShape, position: number): number {
  return Math.min(lastPosition(shape), Math.max(0, position));
}

/** Position in the list (pixels from its top) for a place of the scroll bar. */
export function toPosition(shape: ListShape, scrollTop: number): number {
  if (!isCompressed(shape)) return scrollTop;
  const room = trackHeight(shape) - shape.viewport;
  return room <= 0 ? 0 : clampPosition(shape, (scrollTop / room) * lastPosition(shape));
}

/** Place of the scroll bar for a position in the list. */
export function toScrollTop(shape: ListShape, position: number): number {
  if (!isCompressed(shape)) return position;
  const last = lastPosition(shape);
  return last <= 0 ? 0 : (clampPosition(shape, position) / last) * (trackHeight(shape) - shape.viewport);
}

export interface RowRange {
  first: number;
  /** Exclusive. */
  end: number;
}

/** The rows that show at a position, with `spare` more on both sides. */
export function visibleRows(shape: ListShape, position: number, spare = 4): RowRange {
  const first = Math.floor(position / shape.rowHeight) - spare;
  const end = Math.ceil((position + shape.viewport) / shape.rowHeight) + spare;
  return { first: Math.max(0, first), end: Math.min(shape.rows, Math.max(0, end)) };
}

/** Where a row stands in the track, given the position and the place of the scroll bar. */
export function rowTop(shape: ListShape, row: number, position: number, scrollTop: number): number {
  return row * shape.rowHeight - position + scrollTop;
}

/** The nearest position at which the row is fully visible. */
export function positionFor(shape: ListShape, row: number, position: number): number {
  const top = row * shape.rowHeight;
  if (top < position) return clampPosition(shape, top);
  if (top + shape.rowHeight > position + shape.viewport) return clampPosition(shape, top + shape.rowHeight - shape.viewport);
  return position;
}

/** Numbers of the pages (of `size` rows) that a range touches. */
export function pagesOf({ first, end }: RowRange, size: number): number[] {
  if (end <= first) return [];
  const start = Math.floor(first / size);
  return Array.from({ length: Math.floor((end - 1) / size) - start + 1 }, (_, at) => start + at);
}
