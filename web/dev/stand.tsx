/** A stand for one widget on a measuring page: state, keys, and nothing else. */
import "../src/ui/mantine.css";
import "../src/ui/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import type { Field, Item, Question, Suggestion } from "../src/api/types";
import { dispatchKeys } from "../src/commands/dispatcher";
import { CommandRegistry } from "../src/commands/registry";
import { widgets, type WidgetProps } from "../src/tasks";
import { cssVariables, theme } from "../src/ui/theme";

const registry = new CommandRegistry();
dispatchKeys(registry);
const nothing: Suggestion[] = [];
const none: ReadonlySet<string> = new Set();

export interface Stand {
  item: Item;
  field: Field;
  question: Question;
  value: unknown;
  onValue(value: unknown): void;
}

function Widget({ item, field, question, value: first, onValue }: Stand) {
  const [value, setValue] = useState(first);
  const { Editor } = widgets[question.type]!;
  const props: WidgetProps = {
    item, fields: [field], question, value, suggestions: nothing, rejected: none, minScore: 0, active: true, readOnly: false,
    onChange: (next) => {
      onValue(next);
      setValue(next);
    },
    onReject: () => undefined, onActivate: () => undefined, onComplete: () => undefined, onGuideline: () => undefined,
    seed: "1", setCommands: (commands) => registry.set("widget", commands),
  };
  return <div style={{ height: "100vh" }}><Editor {...props} /></div>;
}

export function show(stand: Stand): void {
  createRoot(document.getElementById("root")!).render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme="light"><Widget {...stand} /></MantineProvider>
    </QueryClientProvider>,
  );
}

export const itemOf = (data: Record<string, unknown>): Item => ({ id: 1, project_id: 1, ord: 1, key: null, meta: {}, status: "new", flagged: false, readings: {}, data });
