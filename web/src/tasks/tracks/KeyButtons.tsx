/** What can be done with the selected track at this frame, for the mouse; each with its key. */
import { IconArrowBarRight, IconDiamond, IconDiamondOff, IconEyeOff, IconRun, IconScissors } from "@tabler/icons-react";
import type { ComponentType } from "react";
import { stateAt, type Track } from "../../lib/track";
import { Cap } from "../keycaps";
import type { TrackActions } from "./commands";
import css from "./tracks.module.css";

export function KeyButtons({ track, frame, actions }: { track: Track; frame: number; actions: TrackActions }) {
  const state = stateAt(track, frame);
  return (
    <span className={css.keys} role="group" aria-label="Key frame">
      {actions.isKey ? <One id="drop-key" of="Shift+Q" title="Remove the key frame here" Icon={IconDiamondOff} run={actions.dropKey} /> : <One id="key" of="Q" title="Key frame here" Icon={IconDiamond} run={actions.keyHere} />}
      <One id="occluded" of="D" title="Hidden behind something" Icon={IconEyeOff} run={actions.occluded} on={state?.occluded ?? false} />
      <One id="outside" of="E" title="Out of the picture from here" Icon={IconArrowBarRight} run={actions.outside} on={state?.outside ?? false} />
      <One id="carry" of="T" title="Carry on by what is seen, to the next key frame" Icon={IconRun} run={() => actions.carry(1)} />
      <One id="split" of="Shift+X" title="Cut the track in two here" Icon={IconScissors} run={actions.split} />
    </span>
  );
}

function One({ id, of, title, Icon, run, on }: { id: string; of: string; title: string; Icon: ComponentType<{ size?: number }>; run(): void; on?: boolean }) {
  return (
    <button type="button" className={css.key} title={title} aria-pressed={on} onClick={run}>
      <Icon size={15} /><span className="visually-hidden">{title}</span><Cap id={`tracks.${id}`} of={of} />
    </button>
  );
}
