/** An owner sets a new password for somebody who forgot theirs. */
import { Modal, PasswordInput } from "@mantine/core";
import { useState } from "react";
import type { User } from "../../api/types";
import { Button } from "../../ui";
import layout from "../../ui/layout.module.css";

export function NewPassword({ user, onSave, onClose }: { user: User | null; onSave(password: string): void; onClose(): void }) {
  const [password, setPassword] = useState("");
  const close = () => {
    setPassword("");
    onClose();
  };
  return (
    <Modal opened={user !== null} onClose={close} title={`New password for ${user?.login ?? ""}`} centered>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          onSave(password);
          close();
        }}
      >
        <PasswordInput
          label="New password" description="8 characters or more. Tell the person; they can change it in their account." value={password}
          onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="new-password" data-autofocus
        />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" kind="primary" disabled={password.length < 8}>
            Set password
          </Button>
        </div>
      </form>
    </Modal>
  );
}
