/** What a data set answers, and a button for what the project does not ask yet. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { projectQuery } from "../../api/queries";
import type { DataSetOffer, Project, Question } from "../../api/types";
import { Button, ErrorNote, Panel } from "../../ui";
import { count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { offerText, withOffer } from "./offers";

export interface DataSetOffersProps {
  project: Project;
  offers: DataSetOffer[];
  /** The project was changed: look at the data again. */
  onChanged(): void;
}

const labels = (n: number): string => (n === 1 ? "1 label" : `${count(n)} labels`);

export function DataSetOffers({ project, offers, onChanged }: DataSetOffersProps) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (question: Question) => api.patch<Project>(`/projects/${project.id}`, { questions: withOffer(project.spec.questions, question) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: projectQuery(project.id).queryKey });
      onChanged();
    },
  });
  return (
    <Panel title="What this data set answers">
      <div className={`${layout.stack} ${layout.tight}`}>
        {offers.map((offer) => (
          <div key={offer.column} className={`${layout.row} ${layout.wrap}`}>
            <strong>{offer.column}</strong>
            <span className={layout.grow}>{offerText(offer, project.spec.questions)}</span>
            {offer.change ? (
              <Button size="small" busy={change.isPending && change.variables === offer.change} disabled={change.isPending} onClick={() => offer.change && change.mutate(offer.change)}>
                {offer.question === null ? `Ask it (${labels(offer.labels)})` : `Add ${labels(offer.lacking)}`}
              </Button>
            ) : null}
          </div>
        ))}
        <ErrorNote error={change.error} />
      </div>
    </Panel>
  );
}
