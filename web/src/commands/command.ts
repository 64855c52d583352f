/**
 * What a command is: data, from which the shortcuts, the palette, the help sheet and the key caps are all drawn.
 * It stands alone so that everything else may import it without pulling in React.
 */

/** Where a command applies, from the widest to the narrowest. A narrower scope is asked first. */
export const SCOPES = ["global", "task", "suggestion", "label", "tool", "region"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Command {
  id: string;
  title: string;
  /** In tinykeys notation: "1", "Shift+A", "$mod+Enter". */
  keys: string[];
  /** Heading under which the palette and the help sheet list it. */
  group: string;
  scope: Scope;
  run(): void;
  /** false: listed, but not runnable now. */
  enabled?: boolean;
  /** true: works by key, but is not listed in the palette. */
  hidden?: boolean;
  /** Works while the caret is in a text field. */
  inText?: boolean;
  /** Goes on while the key is held down. */
  repeat?: boolean;
}

/** The user's own keys by command id; an empty list means "no key". */
export type Keymap = Record<string, string[]>;
