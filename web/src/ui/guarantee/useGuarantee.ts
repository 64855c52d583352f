/** The promise that a person has chosen for a question, and what the server offers under it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Offer, Question } from "../../api/types";
import { plural } from "../format";
import { notify, notifyError } from "../notify";
import { FIRST_CHOICE, isExact, wishOf, type Choice } from "./words";

const PLAIN = new Set(["choice", "choices", "rating", "pairwise"]);

export function useGuarantee(project: number, question: Question | undefined, source: string | null) {
  const [choice, setChoice] = useState<Choice>(FIRST_CHOICE);
  const exact = isExact(question?.type ?? "");
  const usual = PLAIN.has(question?.type ?? "") ? 1 : 0.8;
  const wish = wishOf(choice, exact, usual);
  const offer = useQuery({
    queryKey: ["guarantee", project, question?.name, source, wish],
    queryFn: () => api.post<Offer>(`/projects/${project}/guarantee`, { question: question?.name, source, wish }),
    enabled: wish !== null && question !== undefined,
    retry: false,
    staleTime: 0,
  });
  const client = useQueryClient();
  const ask = (n: number) => {
    api
      .post<{ drawn: number }>(`/projects/${project}/guarantee/ask`, { question: question?.name, source, n })
      .then(({ drawn }) => notify(`${plural(drawn, "item")} will be asked next, without suggestions.`))
      .catch(notifyError)
      .finally(() => ["guarantee", "bulk", "bulk-trial", "histogram", "items", "project"].forEach((key) => void client.invalidateQueries({ queryKey: [key, project] })));
  };
  return { ask, choice, setChoice, exact, usual, wish, offer };
}
