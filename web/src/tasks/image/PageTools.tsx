/** Pages of an image with several, and the window of one with many levels of grey. */
import { Popover, RangeSlider } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconContrast } from "@tabler/icons-react";
import { IconButton } from "../../ui";
import { count } from "../../ui/format";
import css from "./image.module.css";
import type { Looking } from "./useLook";

export function Pages({ looking, marked }: { looking: Looking; marked: ReadonlySet<number> }) {
  const { look, pages, turnTo } = looking;
  if (pages < 2) return null;
  return (
    <span className={css.pages} role="group" aria-label="Pages">
      <IconButton size="small" label="Page before (PageUp)" disabled={look.page === 0} onClick={() => turnTo(look.page - 1)}><IconChevronLeft size={14} /></IconButton>
      <label>
        <span className="visually-hidden">Page</span>
        <input
          key={look.page} defaultValue={look.page + 1} inputMode="numeric" style={{ width: `${String(pages).length + 1.5}ch` }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") event.currentTarget.blur();
          }}
          onBlur={(event) => {
            const page = Number.parseInt(event.currentTarget.value, 10);
            if (Number.isFinite(page)) turnTo(page - 1);
          }}
        />
        <small>/ {count(pages)}{marked.size > 0 ? ` · drawn on ${count(marked.size)}` : ""}</small>
      </label>
      <IconButton size="small" label="Page after (PageDown)" disabled={look.page >= pages - 1} onClick={() => turnTo(look.page + 1)}><IconChevronRight size={14} /></IconButton>
    </span>
  );
}

/** The levels that are black and white. */
export function Levels({ looking }: { looking: Looking }) {
  const { window, range, look, setWindow } = looking;
  if (!window || !range) return null;
  const [low, high] = [Math.floor(Math.min(range[0], window[0])), Math.ceil(Math.max(range[1], window[1]))];
  return (
    <Popover width={260} position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <IconButton size="small" label="Window: the levels that are black and white"><IconContrast size={15} color={look.window ? "var(--accent)" : undefined} /></IconButton>
      </Popover.Target>
      <Popover.Dropdown className={css.light}>
        <div>
          <span>Window <small>{count(Math.round(window[0]))} to {count(Math.round(window[1]))}</small></span>
          <RangeSlider
            key={`${window[0]}:${window[1]}`} size="sm" min={low} max={high} minRange={Math.max(1, (high - low) / 250)} step={Math.max(1, Math.round((high - low) / 500))} label={null}
            thumbFromLabel="Black from" thumbToLabel="White to" defaultValue={[window[0], window[1]]} onChangeEnd={(next) => setWindow(next)}
          />
        </div>
        <button type="button" className={css.add} disabled={!look.window} onClick={() => setWindow(null)}>As the file says</button>
      </Popover.Dropdown>
    </Popover>
  );
}
