/** Other keys for any command: press the new one, see at once what it clashes with, go back to the default ones. */
import { useState, type KeyboardEvent } from "react";
import { Button, Kbd, Note } from "../ui";
import type { Command } from "./command";
import css from "./commands.module.css";
import { Dialog } from "./Dialog";
import { chordOf, printChord } from "./keys";
import { registry, useAllCommands } from "./live";
import { holders } from "./registry";
import { byGroup } from "./search";
import { useKeySettings } from "./settings";

export function Remap({ onClose }: { onClose(): void }) {
  const commands = useAllCommands();
  const { keymap, singleKeys, save } = useKeySettings();
  const [asking, setAsking] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const store = (part: Parameters<typeof save>[0]) =>
    void save(part).then(() => setFailed(null), (error: Error) => setFailed(`Not saved with your account: ${error.message}`));
  const setKeys = (id: string, keys: string[] | null) => {
    const next = { ...keymap };
    if (keys === null) delete next[id];
    else next[id] = keys;
    store({ keymap: next });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (asking === null) return;
    event.preventDefault();
    event.stopPropagation();
    const chord = chordOf(event.nativeEvent);
    if (chord === null) return;
    if (chord !== "Escape") setKeys(asking, [chord]);
    setAsking(null);
  };
  const rows = commands.filter((c) => c.scope !== "label" || c.id in keymap);
  return (
    <Dialog title="Change keys" size="wide" onClose={() => (asking === null ? onClose() : setAsking(null))} onKeyDown={onKeyDown}>
      <label className={css.switch}>
        <input type="checkbox" checked={singleKeys} onChange={(event) => store({ singleKeys: event.target.checked })} />
        Single letters and digits act as shortcuts
      </label>
      {failed ? <Note tone="warn" role="alert">{failed}</Note> : null}
      <div className={css.remap}>
        {byGroup(rows).map(([group, list]) => (
          <section key={group}>
            <h3>{group}</h3>
            {list.map((command) => (
              <Line
                key={command.id} command={command} commands={commands} own={command.id in keymap} asking={asking === command.id}
                onAsk={() => setAsking(command.id)} onSet={(keys) => setKeys(command.id, keys)}
              />
            ))}
          </section>
        ))}
      </div>
      <footer className={css.dialogFoot}>
        <Button kind="quiet" disabled={Object.keys(keymap).length === 0} onClick={() => store({ keymap: {} })}>Restore all defaults</Button>
        <Button kind="primary" onClick={onClose}>Done</Button>
      </footer>
    </Dialog>
  );
}

interface LineProps {
  command: Command;
  commands: readonly Command[];
  own: boolean;
  asking: boolean;
  onAsk(): void;
  onSet(keys: string[] | null): void;
}

function Line({ command, commands, own, asking, onAsk, onSet }: LineProps) {
  const clash = command.keys.flatMap((key) => holders(commands, command.id, key));
  return (
    <div className={css.line}>
      <span className={css.lineTitle}>{command.title}</span>
      {clash.length > 0 ? <span className={css.clash}>also: {clash.map((c) => c.title).join(", ")}</span> : null}
      {own ? (
        <Button size="small" kind="quiet" onClick={() => onSet(null)} title={`Back to ${registry.defaultKeys(command.id).map((k) => printChord(k)).join(", ") || "no key"}`}>
          Default
        </Button>
      ) : null}
      {command.keys.length > 0 ? <Button size="small" kind="quiet" onClick={() => onSet([])}>None</Button> : null}
      <button type="button" className={css.capture} aria-label={`Key for ${command.title}`} data-asking={asking || undefined} onClick={onAsk}>
        {asking ? "press a key" : command.keys.map((key) => <Kbd key={key}>{printChord(key)}</Kbd>)}
        {!asking && command.keys.length === 0 ? "no key" : null}
      </button>
    </div>
  );
}
