/** When suggestions are on the screen, in words. */
import type { Show } from "../../../api/types";

export const SHOW_CHOICES: { value: Show; label: string }[] = [
  { value: "shown", label: "Shown at once" },
  { value: "on_demand", label: "Shown when asked for" },
  { value: "after_first_answer", label: "Shown after the first answer" },
  { value: "hidden", label: "Never shown" },
];
