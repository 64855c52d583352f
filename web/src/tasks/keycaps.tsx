/**
 * What is printed on the key caps of widgets. A person may have given a command other keys, or none; whoever mounts the
 * widgets knows, and says so here. It stands alone because widgets know their commands' ids and nothing of keymaps.
 */
import { createContext, useContext } from "react";
import type { Question } from "../api/types";
import { Kbd } from "../ui";

/** The cap of a command, given its default key (null: it has none); null if no key runs it. */
export type CapOf = (commandId: string, key: string | null) => string | null;

const asWritten: CapOf = (_id, key) => (key?.length === 1 ? key.toUpperCase() : key);

export const KeyCaps = createContext<CapOf>(asWritten);

/** The id of the command that chooses a label (or a step) of a question. */
export const labelCommandId = (question: Question, value: string | number): string => `label.${question.name}.${value}`;

/** The key cap of a command; nothing where no key runs it. */
export function Cap({ id, of }: { id: string; of: string | null }) {
  const cap = useContext(KeyCaps)(id, of);
  return cap === null ? null : <Kbd>{cap}</Kbd>;
}
