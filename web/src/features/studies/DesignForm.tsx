/** The design of a study, with its power worked out as one types, a rehearsal, and the step that freezes it. */
import { MultiSelect, NumberInput, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { membersQuery, pilotQuery } from "../../api/queries";
import type { Design, Project, Study } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, ErrorNote, Panel } from "../../ui";
import { Confirm } from "../../ui/Confirm";
import layout from "../../ui/layout.module.css";
import { ArmsEditor } from "./ArmsEditor";
import { FineDesign } from "./FineDesign";
import { Power } from "./Power";
import { StudyRehearsal } from "./StudyRehearsal";
import css from "./studies.module.css";
import { itemsOf, LAYOUTS } from "./studyWords";

interface Props {
  project: Project;
  study: Study;
}

export function DesignForm({ project, study }: Props) {
  const client = useQueryClient();
  const [design, setDesign] = useState<Design>(study.design);
  const [asking, setAsking] = useState(false);
  const [rehearsing, setRehearsing] = useState(false);
  const pilot = useQuery(pilotQuery(project.id, design.question)).data;
  const change = (part: Partial<Design>) => setDesign({ ...design, ...part });
  const path = `/projects/${project.id}/studies/${study.id}`;
  const fresh = () => client.invalidateQueries({ queryKey: ["studies", project.id] });
  const save = useMutation({ mutationFn: () => api.put(path, design), onSuccess: fresh });
  const freeze = useMutation({
    mutationFn: async () => {
      await api.put(path, design);
      return api.post(`${path}/freeze`);
    },
    onSettled: fresh,
  });
  const needs = itemsOf(design);
  const changed = JSON.stringify(design) !== JSON.stringify(study.design);
  return (
    <fieldset className={css.form} disabled={!manages(project.my_role)}>
      <div className={css.columns}>
        <div className={layout.stack}>
          <Panel title="What is compared">
            <div className={layout.stack}>
              <div className={layout.two}>
                <TextInput label="Name" value={design.name} onChange={(event) => change({ name: event.currentTarget.value })} />
                <Select
                  label="Quality is that of the answers to" allowDeselect={false} value={design.question}
                  data={project.spec.questions.map((q) => ({ value: q.name, label: q.title ?? q.name }))}
                  onChange={(question) => question && change({ question })}
                />
              </div>
              <ArmsEditor project={project} arms={design.arms} onChange={(arms) => change({ arms })} />
            </div>
          </Panel>
          <Panel title="Who, on how much">
            <div className={layout.stack}>
              <People project={project} chosen={design.people} onChange={(people) => change({ people })} />
              <div>
                <SegmentedControl
                  aria-label="Layout" value={design.layout} data={["crossover", "interleaved", "between"]}
                  onChange={(value) => change({ layout: value as Design["layout"] })}
                />
                <p className={layout.help}>{LAYOUTS[design.layout]}</p>
              </div>
              <div className={layout.two}>
                <NumberInput label="Items per arm and person" description="Everybody gets the same number" min={1} max={10_000} value={design.per_arm} onChange={(v) => typeof v === "number" && change({ per_arm: v })} />
                <NumberInput label="Items to warm up" description="They do not count" min={0} max={1000} value={design.warm_up} onChange={(v) => typeof v === "number" && change({ warm_up: v })} />
              </div>
              <p className={layout.help}>
                {needs} items are needed{study.fits === null || changed ? "" : `; ${study.fits} fit`}.
              </p>
            </div>
          </Panel>
          <FineDesign design={design} onChange={change} />
          <Panel title="What people are told">
            <Textarea
              aria-label="Welcome" autosize minRows={2} placeholder="Thank you for taking part. Work as you always do." value={design.welcome}
              onChange={(event) => change({ welcome: event.currentTarget.value })}
            />
          </Panel>
        </div>
        <div className={`${layout.stack} ${css.side}`}>
          <Power project={project} design={design} pilot={pilot} onChange={change} />
          <Button wide onClick={() => setRehearsing(true)}>Rehearse it</Button>
          <Button wide busy={save.isPending} disabled={!changed} onClick={() => save.mutate()}>Save the draft</Button>
          <Button wide kind="primary" busy={freeze.isPending} disabled={design.people.length === 0} onClick={() => setAsking(true)}>Freeze and begin</Button>
          <ErrorNote error={freeze.error ?? save.error} />
        </div>
      </div>
      <Confirm
        open={asking} title="Freeze the plan and begin?" action="Freeze and begin"
        text="Items and arms are drawn, suggestions are kept as they are now, and the plan is hashed. Nothing of it can be changed afterwards; people find the study where they label."
        onConfirm={() => freeze.mutate()} onClose={() => setAsking(false)}
      />
      {rehearsing ? <StudyRehearsal project={project} design={design} pilot={pilot} onClose={() => setRehearsing(false)} /> : null}
    </fieldset>
  );
}

function People({ project, chosen, onChange }: { project: Project; chosen: number[]; onChange(people: number[]): void }) {
  const members = useQuery(membersQuery(project.id)).data ?? [];
  return (
    <MultiSelect
      label={`People (${chosen.length})`} description="Members of the project. Who takes part sees no data, models or results until they have finished."
      searchable value={chosen.map(String)} onChange={(values) => onChange(values.map(Number))}
      data={members.map((m) => ({ value: String(m.user.id), label: m.user.name || m.user.login }))}
    />
  );
}
