/** The finer rules of a study; what stands there by default is meant to be left alone unless one knows why. */
import { NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import type { Design } from "../../api/types";
import { Panel } from "../../ui";
import layout from "../../ui/layout.module.css";
import css from "./studies.module.css";

interface Props {
  design: Design;
  onChange(part: Partial<Design>): void;
}

export function FineDesign({ design, onChange }: Props) {
  const number = (name: keyof Design, scale = 1) => ({
    value: typeof design[name] === "number" ? Math.round(Number(design[name]) * scale * 1000) / 1000 : "",
    onChange: (value: number | string) => typeof value === "number" && onChange({ [name]: value / scale }),
  });
  return (
    <Panel title="Rules">
      <div className={layout.stack}>
        <div className={layout.two}>
          <NumberInput label="Not worse means: at most so much lower" suffix=" points" min={0} max={50} {...number("margin", 100)} />
          <NumberInput label="A saving below this is none" suffix=" %" min={0} max={50} {...number("least_gain", 100)} />
          <NumberInput label="Pauses count up to" suffix=" s" min={1} max={3600} {...number("idle")} />
          <NumberInput label="An hour of work costs" min={0} value={design.hourly ?? ""} onChange={(value) => onChange({ hourly: typeof value === "number" ? value : null })} />
        </div>
        <details className={css.more}>
          <summary>More</summary>
          <div className={layout.stack}>
            <div className={layout.two}>
              <NumberInput label="Suggestions withheld by chance" description="Tells how far they pull" suffix=" %" min={0} max={50} {...number("withhold", 100)} />
              <NumberInput label="Leave out answers under" suffix=" s" min={0} max={60} decimalScale={2} {...number("shortest")} />
              <Select
                label="Deal items out evenly by" allowDeselect={false} value={design.strata} data={[{ value: "length", label: "their length" }, { value: "confidence", label: "the model's confidence" }, { value: "none", label: "nothing" }]}
                onChange={(strata) => strata && onChange({ strata: strata as Design["strata"] })}
              />
              <Select
                label="Draw from" allowDeselect={false} value={design.pool} data={[{ value: "any", label: "items new to these people" }, { value: "open", label: "items without an answer" }, { value: "gold", label: "items with a gold label" }]}
                onChange={(pool) => pool && onChange({ pool: pool as Design["pool"] })}
              />
              <TextInput label="Currency" value={design.currency} onChange={(event) => onChange({ currency: event.currentTarget.value })} />
              <NumberInput label="Seed" min={0} {...number("seed")} />
            </div>
            <Textarea label="Hypothesis in your own words" autosize minRows={2} value={design.hypothesis} onChange={(event) => onChange({ hypothesis: event.currentTarget.value })} />
          </div>
        </details>
      </div>
    </Panel>
  );
}
