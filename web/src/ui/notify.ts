/** Short notices at the corner: what happened, and a way to take it back. */
import { notifications } from "@mantine/notifications";
import { createElement } from "react";
import { errorText } from "../api/client";
import { Button } from "./Button";

export interface NoticeAction {
  text: string;
  run(): void;
}

export function notify(text: string, action?: NoticeAction): void {
  const id = `notice-${Date.now()}-${Math.random()}`;
  const button = action
    ? createElement(
        Button,
        {
          size: "small",
          onClick: () => {
            notifications.hide(id);
            action.run();
          },
        },
        action.text,
      )
    : null;
  const message = createElement(
    "div",
    { style: { display: "flex", alignItems: "center", gap: 12 } },
    createElement("span", { style: { flex: 1 } }, text),
    button,
  );
  notifications.show({ id, message, withBorder: true, autoClose: action ? 12_000 : 4_000 });
}

export function notifyError(error: unknown): void {
  notifications.show({ message: errorText(error), color: "red", withBorder: true, autoClose: 10_000, role: "alert" });
}
