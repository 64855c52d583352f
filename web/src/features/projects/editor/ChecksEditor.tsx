/** How people are checked: gold in hiding, planted wrong suggestions, a first round. */
import { NumberInput, Select } from "@mantine/core";
import type { Policy } from "../../../api/types";
import { Rule } from "./Rule";

type Round = Policy["qualification"];
const FEEDBACK: { value: Round["feedback"]; label: string }[] = [
  { value: "each", label: "After each item" },
  { value: "end", label: "At the end" },
  { value: "none", label: "Never" },
];
const ON_FAIL: { value: Round["on_fail"]; label: string }[] = [
  { value: "stop", label: "No more items" },
  { value: "again", label: "Another round" },
  { value: "go_on", label: "Go on all the same" },
];
const TELL: { value: Policy["planted_tell"]; label: string }[] = [
  { value: "after", label: "Tell after each" },
  { value: "never", label: "Do not tell" },
];

export function ChecksEditor({ policy, onChange }: { policy: Policy; onChange(change: Partial<Policy>): void }) {
  const round = policy.qualification;
  const set = (change: Partial<Round>) => onChange({ qualification: { ...round, ...change } });
  return (
    <>
      <Rule name="Gold in hiding" text="Share of what each person gets that has a known answer and looks like any other item. Make gold on the Data page.">
        <Percent label="Gold in hiding" value={policy.gold_share} most={50} onChange={(gold_share) => onChange({ gold_share })} />
      </Rule>
      <Rule name="Planted wrong suggestions" text="Share of what each person gets with a suggestion that is wrong on purpose, on items whose answer is known. Shows whether people look before they accept; 3% is usual. Such answers never train or count.">
        <Percent label="Planted wrong suggestions" value={policy.planted_share} most={20} onChange={(planted_share) => onChange({ planted_share })} />
      </Rule>
      {policy.planted_share > 0 ? (
        <Rule name="After a planted suggestion" text="It is fair to tell people that this happens, and afterwards what was wrong.">
          <Select
            aria-label="After a planted suggestion" data={TELL} value={policy.planted_tell} allowDeselect={false}
            onChange={(tell) => tell && onChange({ planted_tell: tell as Policy["planted_tell"] })}
          />
        </Rule>
      ) : null}
      <Rule name="First round" text="Gold items that annotators answer, without suggestions, before anything else. 0: none.">
        <NumberInput aria-label="First round" value={round.items} min={0} max={1000} allowDecimal={false} suffix=" items" onChange={(items) => typeof items === "number" && set({ items })} />
      </Rule>
      {round.items > 0 ? (
        <>
          <Rule name="Pass mark" text="The agreement with gold that the first round needs.">
            <Percent label="Pass mark" value={round.pass_mark} most={100} onChange={(pass_mark) => set({ pass_mark })} />
          </Rule>
          <Rule name="Feedback" text="When people are told what the gold answer is.">
            <Select aria-label="Feedback" data={FEEDBACK} value={round.feedback} allowDeselect={false} onChange={(feedback) => feedback && set({ feedback: feedback as Round["feedback"] })} />
          </Rule>
          <Rule name="Who does not pass" text="What happens then. A manager can always give another round.">
            <Select aria-label="Who does not pass" data={ON_FAIL} value={round.on_fail} allowDeselect={false} onChange={(fail) => fail && set({ on_fail: fail as Round["on_fail"] })} />
          </Rule>
        </>
      ) : null}
    </>
  );
}

function Percent({ label, value, most, onChange }: { label: string; value: number; most: number; onChange(value: number): void }) {
  return (
    <NumberInput
      aria-label={label} value={Math.round(value * 1000) / 10} min={0} max={most} suffix=" %" decimalScale={1}
      onChange={(next) => typeof next === "number" && onChange(next / 100)}
    />
  );
}
