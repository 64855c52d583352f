/** What set-up and sign-in have in common: take the session and go on. */
import { setCsrf } from "../../api/client";
import { queryClient } from "../../api/queries";
import type { Session } from "../../api/types";

/** Remembers the session; everything that an earlier user saw is forgotten. */
export function beginSession(session: Session): void {
  queryClient.clear();
  setCsrf(session.csrf);
}

/** What is wrong with a new password, or null. The server checks again. */
export function passwordTrouble(password: string): string | null {
  if (password.length === 0) return null;
  if (password.length < 8) return `${8 - password.length} more to go: 8 characters or more.`;
  return null;
}
