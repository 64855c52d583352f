/** "Find items like this phrase": a small box behind a button. */
import { Popover, TextInput } from "@mantine/core";
import { IconWand } from "@tabler/icons-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui";
import layout from "../../ui/layout.module.css";

export function PhraseSearch({ onSearch }: { onSearch(phrase: string): void }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} shadow="md" trapFocus>
      <Popover.Target>
        <IconButton label="Find items like a phrase" aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconWand size={16} />
        </IconButton>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={`${layout.row} ${layout.bottom}`}
          onSubmit={(event) => {
            event.preventDefault();
            setOpen(false);
            onSearch(text.trim());
          }}
        >
          <TextInput
            className={layout.grow} label="Find items like" placeholder="charged twice for one order" value={text} data-autofocus
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" kind="primary" disabled={!text.trim()}>
            Find
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
