/** A question before the few things that cannot be undone. Optionally a word must be typed first. */
import { Modal, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Button } from "./Button";
import layout from "./layout.module.css";

export interface ConfirmProps {
  open: boolean;
  title: string;
  text: ReactNode;
  action: string;
  /** Must be typed to go on. */
  word?: string;
  onConfirm(): void;
  onClose(): void;
}

export function Confirm({ open, title, text, action, word, onConfirm, onClose }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const close = () => {
    setTyped("");
    onClose();
  };
  const confirm = () => {
    close();
    onConfirm();
  };
  return (
    <Modal opened={open} onClose={close} title={title} centered>
      <div className={layout.stack}>
        <div>{text}</div>
        {word ? (
          <TextInput
            label={`Type ${word} to go on`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
        ) : null}
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>Cancel</Button>
          <Button kind="danger" disabled={word !== undefined && typed !== word} onClick={confirm}>
            {action}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
