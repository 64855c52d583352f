/** The small controls of the box editor: tools, zoom, hints and what is said in place of an image. */
import { IconBoxMultiple, IconListDetails, IconMinus, IconPlus, IconPointer, IconRectangle } from "@tabler/icons-react";
import type { Tool } from "../../canvas/gestures";
import type { ImageState } from "../../media/useImage";
import { ErrorNote, IconButton, Kbd, Skeleton } from "../../ui";
import { percent } from "../../ui/format";
import { Cap } from "../keycaps";
import css from "./boxes.module.css";

export interface ToolsProps {
  tool: Tool;
  readOnly: boolean;
  /** CSS pixels per image pixel. */
  scale: number;
  listed: boolean;
  onTool(tool: Tool): void;
  onFit(): void;
  onZoom(factor: number): void;
  onList(): void;
}

export function Tools({ tool, readOnly, scale, listed, onTool, onFit, onZoom, onList }: ToolsProps) {
  return (
    <div className={css.tools} role="toolbar" aria-label="Image tools">
      {readOnly ? null : (
        <>
          <button type="button" className={css.tool} aria-pressed={tool === "draw"} title="Draw boxes" onClick={() => onTool("draw")}><IconRectangle size={16} /><span className="visually-hidden">Draw</span><Cap id="boxes.draw" of="B" /></button>
          <button type="button" className={css.tool} aria-pressed={tool === "select"} title="Select and move boxes" onClick={() => onTool("select")}><IconPointer size={16} /><span className="visually-hidden">Select</span><Cap id="boxes.select" of="V" /></button>
        </>
      )}
      <IconButton size="small" label="Zoom out" onClick={() => onZoom(1 / 1.4)}><IconMinus size={14} /></IconButton>
      <button type="button" className={css.scale} title="Show the whole image (Shift+Z)" onClick={onFit}>{percent(scale)}</button>
      <IconButton size="small" label="Zoom in" onClick={() => onZoom(1.4)}><IconPlus size={14} /></IconButton>
      <IconButton size="small" label={listed ? "Close the list of boxes" : "Open the list of boxes"} aria-expanded={listed} onClick={onList}>{listed ? <IconListDetails size={16} /> : <IconBoxMultiple size={16} />}</IconButton>
    </div>
  );
}

export function BoxHint({ active, tool, readOnly, n }: { active: boolean; tool: Tool; readOnly: boolean; n: number }) {
  if (readOnly) return <>{n} drawn</>;
  if (!active) return <>{n > 0 ? `${n} drawn. ` : ""}Click here to draw.</>;
  if (tool === "draw") return <>Drag, or click two corners. <Kbd>Space</Kbd> held pans, wheel zooms.</>;
  return <>Click a box to select it, again for the one below. <Cap id="boxes.draw" of="B" /> to draw.</>;
}

/** Stands in the middle of the surface while there is no image. */
export function ImageNote({ state, onRetry }: { state: ImageState; onRetry(): void }) {
  return (
    <div className={css.note}>
      {state.kind === "failed" ? <ErrorNote error={state.message} onRetry={onRetry} /> : <Skeleton width={220} height={14} />}
    </div>
  );
}
