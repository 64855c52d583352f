/** The small controls of the editor of things on an image: tools, view, hints and what is said in place of an image. */
import { Popover, Slider } from "@mantine/core";
import { IconBoxMultiple, IconLayersSubtract, IconListDetails, IconMagnet, IconMinus, IconPlus, IconPointer, IconRotateClockwise, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LARGE, type ImageState } from "../../media/useImage";
import { ErrorNote, IconButton, Kbd, Skeleton } from "../../ui";
import { percent } from "../../ui/format";
import { Cap } from "../keycaps";
import css from "./image.module.css";
import type { Kind, Mark, ToolSpec } from "./marks";
import { Levels, Pages } from "./PageTools";
import type { Looking } from "./useLook";
import type { Viewing } from "./useViewing";

export interface ToolsProps<M extends Mark> {
  kind: Kind<M>;
  tool: string;
  readOnly: boolean;
  /** CSS pixels per image pixel. */
  scale: number;
  listed: boolean;
  viewing: Viewing;
  looking: Looking;
  /** The pages on which something is drawn. */
  marked: ReadonlySet<number>;
  onTool(tool: string): void;
  onFit(): void;
  onZoom(factor: number): void;
  onList(): void;
}

export function Tools<M extends Mark>({ kind, tool, readOnly, scale, listed, viewing, looking, marked, onTool, onFit, onZoom, onList }: ToolsProps<M>) {
  const spec = kind.tools.find((one) => one.id === tool);
  return (
    <div className={css.tools} role="toolbar" aria-label="Image tools">
      {readOnly ? null : (
        <>
          {kind.tools.map(({ id, title, key, Icon }) => (
            <button key={id} type="button" className={css.tool} aria-pressed={tool === id} title={title} onClick={() => onTool(id)}><Icon size={16} /><span className="visually-hidden">{title}</span><Cap id={`${kind.type}.${id}`} of={key} /></button>
          ))}
          <button type="button" className={css.tool} aria-pressed={tool === "select"} title={`Select and move ${kind.nouns}`} onClick={() => onTool("select")}><IconPointer size={16} /><span className="visually-hidden">Select</span><Cap id={`${kind.type}.select`} of="V" /></button>
          {spec?.brush ? (
            <label className={css.brush} title="Size of the brush: [ and ]">
              <span className="visually-hidden">Size of the brush</span>
              <input type="range" min={1} max={200} value={viewing.radius} onChange={(event) => viewing.setRadius(Number(event.currentTarget.value))} />
              <small>{viewing.radius * 2}</small>
            </label>
          ) : null}
          {kind.tools.some((one) => one.brush) ? <IconButton size="small" label={`Take pixels from the ${kind.nouns} underneath (U)`} aria-pressed={viewing.clears} onClick={viewing.toggleClears}><IconLayersSubtract size={15} color={viewing.clears ? "var(--accent)" : undefined} /></IconButton> : null}
          <IconButton size="small" label="Snap to other shapes (Shift+S)" aria-pressed={viewing.snaps} onClick={viewing.toggleSnap}><IconMagnet size={15} color={viewing.snaps ? "var(--accent)" : undefined} /></IconButton>
        </>
      )}
      <Pages looking={looking} marked={marked} />
      <Levels looking={looking} />
      <Light viewing={viewing} />
      <IconButton size="small" label="Turn the view by a quarter (Shift+R)" onClick={viewing.turnOn}><IconRotateClockwise size={15} /></IconButton>
      <IconButton size="small" label="Zoom out" onClick={() => onZoom(1 / 1.4)}><IconMinus size={14} /></IconButton>
      <button type="button" className={css.scale} title="Show the whole image (Shift+Z)" onClick={onFit}>{percent(scale)}</button>
      <IconButton size="small" label="Zoom in" onClick={() => onZoom(1.4)}><IconPlus size={14} /></IconButton>
      <IconButton size="small" label={listed ? `Close the list of ${kind.nouns}` : `Open the list of ${kind.nouns}`} aria-expanded={listed} onClick={onList}>{listed ? <IconListDetails size={16} /> : <IconBoxMultiple size={16} />}</IconButton>
    </div>
  );
}

function Light({ viewing }: { viewing: Viewing }) {
  const { light } = viewing;
  const changed = light.brightness !== 1 || light.contrast !== 1;
  return (
    <Popover width={220} position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <IconButton size="small" label="Brightness and contrast"><IconSun size={15} color={changed ? "var(--accent)" : undefined} /></IconButton>
      </Popover.Target>
      <Popover.Dropdown className={css.light}>
        {(["brightness", "contrast"] as const).map((name) => (
          <div key={name}>
            <span>{name === "brightness" ? "Brightness" : "Contrast"} <small>{percent(light[name])}</small></span>
            <Slider size="sm" min={0.2} max={3} step={0.05} label={null} thumbLabel={name} value={light[name]} onChange={(n) => viewing.setLight({ [name]: n })} />
          </div>
        ))}
        <button type="button" className={css.add} disabled={!changed} onClick={viewing.resetLight}>As it is</button>
      </Popover.Dropdown>
    </Popover>
  );
}

export interface HintProps<M extends Mark> {
  kind: Kind<M>;
  active: boolean;
  spec: ToolSpec | undefined;
  /** What the pen says. */
  words: string | null;
  busy: boolean;
  readOnly: boolean;
  n: number;
  after?: ReactNode;
  film: boolean;
}

export function Hint<M extends Mark>({ kind, active, spec, words, busy, readOnly, n, after, film }: HintProps<M>) {
  if (readOnly) return <>{n} drawn</>;
  if (!active) return <>{n > 0 ? `${n} drawn. ` : ""}Click here to draw.</>;
  if (words) return <strong>{words}</strong>;
  if (busy) return <>A right click takes the last point back.</>;
  if (spec) return <>{spec.hint} {after ?? <><Kbd>Space</Kbd> held pans, wheel zooms.</>}</>;
  return <>Click a {kind.noun}, again for the one below. {film ? "Ctrl or ⌘ selects one more, and drags around several." : "Drag around several, or select one more with Ctrl or ⌘."} <Cap id={`${kind.type}.${kind.tools[0]!.id}`} of={kind.tools[0]!.key} /> to draw.</>;
}

/** Stands in the middle of the surface while there is no image. */
export function ImageNote({ state, onRetry }: { state: ImageState; onRetry: (() => void) | null }) {
  return (
    <div className={css.note}>
      {state.kind === "failed" ? <><ErrorNote error={state.message} onRetry={onRetry ?? undefined} />{onRetry ? null : <p>The file itself is at fault. Skip it (<Kbd>S</Kbd>), or flag it (<Kbd>F</Kbd>).</p>}</> : <><Skeleton width={220} height={14} />{state.kind === "loading" && state.large ? <p>{LARGE}</p> : null}</>}
    </div>
  );
}
