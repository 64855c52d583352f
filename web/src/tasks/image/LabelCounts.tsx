/** How many things there are of each label, and hide, lock and select for all of a label. */
import { IconEye, IconEyeOff, IconLock, IconLockOpen } from "@tabler/icons-react";
import { useMemo, type CSSProperties } from "react";
import { count } from "../../ui/format";
import css from "./image.module.css";
import type { DrawnMark } from "./marks";
import type { Viewing } from "./useViewing";

export interface LabelCountsProps {
  drawn: readonly DrawnMark[];
  titleOf(label: string): string;
  viewing: Viewing;
  readOnly: boolean;
  onSelect(keys: readonly string[]): void;
}

export function LabelCounts({ drawn, titleOf, viewing, readOnly, onSelect }: LabelCountsProps) {
  const labels = useMemo(() => {
    const found = new Map<string, DrawnMark[]>();
    for (const one of drawn) {
      const those = found.get(one.label);
      if (those) those.push(one);
      else found.set(one.label, [one]);
    }
    return [...found].sort((a, b) => b[1].length - a[1].length);
  }, [drawn]);
  return (
    <ul className={css.counts} aria-label="Labels of what is drawn">
      {labels.map(([label, those]) => {
        const title = titleOf(label);
        const keys = those.map((one) => one.key);
        const own = those.filter((one) => !one.suggested).map((one) => one.key);
        const hidden = keys.every(viewing.isHidden);
        const locked = own.length > 0 && own.every(viewing.isLocked);
        return (
          <li key={label} data-hidden={hidden || undefined} style={{ "--label": those[0]!.color } as CSSProperties}>
            <i aria-hidden />
            {readOnly ? <span>{title}</span> : <button type="button" title={`Select all of ${title}`} onClick={() => onSelect(keys.filter((key) => !viewing.isHidden(key)))}>{title}</button>}
            <small>{count(those.length)}</small>
            <span className={css.marked}>
              <button type="button" data-on={hidden || undefined} aria-label={`${hidden ? "Show" : "Hide"} all of ${title}`} onClick={() => viewing.hideAll(keys, !hidden)}>{hidden ? <IconEyeOff size={13} /> : <IconEye size={13} />}</button>
              <button type="button" data-on={locked || undefined} disabled={own.length === 0} aria-label={`${locked ? "Unlock" : "Lock"} all of ${title}`} onClick={() => viewing.lockAll(own, !locked)}>{locked ? <IconLock size={13} /> : <IconLockOpen size={13} />}</button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
