/** How simulated people and their work are; the numbers are guesses to vary, and pilots are better. */
import { NumberInput } from "@mantine/core";
import type { Pilot, Scene } from "../../api/types";
import layout from "../../ui/layout.module.css";

export type Crowd = Required<NonNullable<Scene["crowd"]>>;
export type Work = Required<NonNullable<Scene["work"]>>;

export const CROWD: Crowd = { accuracy: 0.9, accuracy_spread: 0.4, speed_spread: 0.35, reliance: 0.2, catches: 0.8, doubts: 0.02, fatigue: 0.1, learning: 0.97 };
export const WORK: Work = { seconds: 30, model_right: 0.85, saving: 0.5, fixing: 0.15, labels: 4, item_spread: 0.4, answer_spread: 0.6, help_spread: 0.15, model_cost: 0 };

/** What the project's own answers say, where they say enough. */
export function fromPilot(pilot: Pilot | undefined): Work {
  if (!pilot) return WORK;
  const spread = pilot.spread;
  return {
    ...WORK, seconds: pilot.seconds ?? WORK.seconds, model_right: Math.min(0.99, Math.max(0.05, pilot.model_right ?? WORK.model_right)),
    ...(spread ? { item_spread: spread.item, answer_spread: spread.residual } : {}),
  };
}

interface Props {
  crowd: Crowd;
  work: Work;
  onCrowd(crowd: Crowd): void;
  onWork(work: Work): void;
}

export function CrowdForm({ crowd, work, onCrowd, onWork }: Props) {
  const share = (value: number, put: (value: number) => void) => ({ value: Math.round(value * 1000) / 10, suffix: " %", min: 0, max: 100, onChange: (v: number | string) => typeof v === "number" && put(v / 100) });
  return (
    <div className={layout.two}>
      <NumberInput label="Seconds an item by hand" min={1} max={36_000} value={work.seconds} onChange={(v) => typeof v === "number" && onWork({ ...work, seconds: v })} />
      <NumberInput label="People are right, alone" {...share(crowd.accuracy, (accuracy) => onCrowd({ ...crowd, accuracy }))} />
      <NumberInput label="The model is right" {...share(work.model_right, (model_right) => onWork({ ...work, model_right }))} />
      <NumberInput label="Accepting saves" description="of the time by hand" {...share(work.saving, (saving) => onWork({ ...work, saving }))} />
      <NumberInput label="Mending costs" description="more than by hand" {...share(work.fixing, (fixing) => onWork({ ...work, fixing }))} />
      <NumberInput label="Taken without looking" {...share(crowd.reliance, (reliance) => onCrowd({ ...crowd, reliance }))} />
      <NumberInput label="Wrong ones noticed when looking" {...share(crowd.catches, (catches) => onCrowd({ ...crowd, catches }))} />
      <NumberInput label="Slower after 100 answers by" {...share(crowd.fatigue, (fatigue) => onCrowd({ ...crowd, fatigue }))} />
    </div>
  );
}
