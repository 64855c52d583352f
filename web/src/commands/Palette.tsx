/** Every command by name, with its key, so that the palette teaches the shortcut each time it is used. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Kbd } from "../ui";
import type { Command } from "./command";
import css from "./commands.module.css";
import { Dialog } from "./Dialog";
import { printChord } from "./keys";
import { useAllCommands } from "./live";
import { searchCommands } from "./search";

export function Palette({ onClose }: { onClose(): void }) {
  const all = useAllCommands();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => searchCommands(all, typed), [all, typed]);
  const run = (command: Command | undefined) => {
    if (!command || command.enabled === false) return;
    onClose();
    setTimeout(command.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((at + step + found.length) % Math.max(found.length, 1));
    else if (event.key === "Enter") run(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Commands" bare onClose={onClose} onKeyDown={onKeyDown}>
      <input
        autoFocus className={css.search} placeholder="Type a command" aria-label="Find a command" role="combobox" aria-expanded aria-controls="commands-found"
        aria-activedescendant={found[at] ? optionId(found[at]) : undefined} value={typed} spellCheck={false}
        onChange={(event) => { setTyped(event.target.value); setAt(0); }}
      />
      <div className={css.found} role="listbox" id="commands-found" aria-label="Commands">
        {found.map((command, i) => <Option key={command.id} command={command} current={i === at} onRun={() => run(command)} onPoint={() => setAt(i)} />)}
        {found.length === 0 ? <p className={css.none}>No command contains “{typed}”.</p> : null}
      </div>
    </Dialog>
  );
}

function Option({ command, current, onRun, onPoint }: { command: Command; current: boolean; onRun(): void; onPoint(): void }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <div
      ref={row} className={css.option} role="option" id={optionId(command)} aria-selected={current} aria-disabled={command.enabled === false || undefined}
      onClick={onRun} onPointerMove={current ? undefined : onPoint}
    >
      <span>{command.title}</span>
      <small>{command.group}</small>
      {command.keys[0] ? <Kbd>{printChord(command.keys[0])}</Kbd> : null}
    </div>
  );
}

const optionId = (command: Command): string => `command-${command.id}`;
