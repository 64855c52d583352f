/** The rules about several answers to one item: how they become one, who is asked once more, and what reviewers see. */
import { NumberInput, Select, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { kindsQuery } from "../../../api/queries";
import type { Policy } from "../../../api/types";
import { Rule as Row } from "./Rule";

interface Props {
  policy: Policy;
  onChange(change: Partial<Policy>): void;
}

const MERGE = { value: "merge", label: "Merge (each task's own rule)" };
const ADAPTIVE = { most: 5, worth: 10, budget: null };

export function ReviewRules({ policy, onChange }: Props) {
  const { resolve, review, adaptive } = policy;
  const aggregators = useQuery(kindsQuery).data?.aggregators ?? [];
  const ways = [MERGE, ...aggregators.map((a) => ({ value: a.name, label: a.title }))];
  const several = policy.overlap > 1 || adaptive !== null;
  return (
    <>
      <Row name="Ask more where it helps" text="Beyond that number, another person is asked only where an answer is expected to change something.">
        <Switch aria-label="Ask more where it helps" checked={adaptive !== null} onChange={(event) => onChange({ adaptive: event.currentTarget.checked ? ADAPTIVE : null })} />
      </Row>
      {adaptive ? (
        <>
          <Row name="At most" text="No item gets more answers than this.">
            <Whole label="At most" value={adaptive.most} onChange={(most) => onChange({ adaptive: { ...adaptive, most } })} />
          </Row>
          <Row name="An error costs" text="What a wrong label costs, counted in answers. The higher, the more is asked.">
            <Whole label="An error costs" value={adaptive.worth} onChange={(worth) => onChange({ adaptive: { ...adaptive, worth } })} />
          </Row>
          <Row name="Further answers in all" text="The budget. Empty: no limit.">
            <NumberInput aria-label="Further answers in all" min={0} value={adaptive.budget ?? ""} onChange={(n) => onChange({ adaptive: { ...adaptive, budget: n === "" ? null : Number(n) } })} />
          </Row>
        </>
      ) : null}
      {several ? (
        <>
          <Row name="Several answers become one by" text="Merge takes what most say. The others also learn how good everybody is; the review page compares them where the right answers are known.">
            <Select aria-label="Several answers become one by" data={ways} value={resolve.aggregator} allowDeselect={false} onChange={(aggregator) => aggregator && onChange({ resolve: { ...resolve, aggregator } })} />
          </Row>
          <Row name="Sure enough" text="Answers that differ and are less sure than this come to a reviewer.">
            <Share label="Sure enough" value={resolve.certain} onChange={(certain) => onChange({ resolve: { ...resolve, certain } })} />
          </Row>
        </>
      ) : null}
      <Row name="Hide names in review" text="Reviewers see answers without knowing whose they are.">
        <Switch aria-label="Hide names in review" checked={review.blind} onChange={(event) => onChange({ review: { ...review, blind: event.currentTarget.checked } })} />
      </Row>
      <Row name="Checked at random" text="Share of finished items that comes to a reviewer by chance, to measure quality.">
        <Share label="Checked at random" value={review.sample} onChange={(sample) => onChange({ review: { ...review, sample } })} />
      </Row>
    </>
  );
}

function Whole({ label, value, onChange }: { label: string; value: number; onChange(value: number): void }) {
  return <NumberInput aria-label={label} min={1} max={1000} value={value} onChange={(n) => n !== "" && onChange(Number(n))} />;
}

function Share({ label, value, onChange }: { label: string; value: number; onChange(value: number): void }) {
  return (
    <NumberInput
      aria-label={label} min={0} max={100} suffix=" %" decimalScale={1} value={Math.round(value * 1000) / 10}
      onChange={(n) => n !== "" && onChange(Math.min(1, Math.max(0, Number(n) / 100)))}
    />
  );
}
