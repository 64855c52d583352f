/** The keys of the place where you are, drawn from the live registry. */
import { Button, Kbd } from "../ui";
import css from "./commands.module.css";
import { Dialog } from "./Dialog";
import { printChord } from "./keys";
import { useAllCommands } from "./live";
import { byGroup } from "./search";

export function CheatSheet({ onClose, onRemap }: { onClose(): void; onRemap(): void }) {
  const groups = byGroup(useAllCommands().filter((c) => c.keys.length > 0));
  return (
    <Dialog title="Keys" size="wide" onClose={onClose}>
      <div className={css.sheet}>
        {groups.map(([group, commands]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands.map((command) => (
                <div key={command.id} data-off={command.enabled === false || undefined}>
                  <dt>{command.title}</dt>
                  <dd>{command.keys.map((key) => <Kbd key={key}>{printChord(key)}</Kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <footer className={css.dialogFoot}>
        <Button kind="quiet" onClick={onRemap}>Change keys</Button>
        <Button kind="primary" keys="Esc" data-first onClick={onClose}>Close</Button>
      </footer>
    </Dialog>
  );
}
