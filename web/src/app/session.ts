/** Who is at the keyboard: decides between first start, sign-in and the app. */
import { redirect } from "@tanstack/react-router";
import { ApiError, whenSignedOut } from "../api/client";
import { meQuery, queryClient, statusQuery } from "../api/queries";

/** Lets signed-in people through; sends the others to set-up or sign-in and remembers where they wanted to go. */
export async function requireSession(wanted: string): Promise<void> {
  try {
    await queryClient.ensureQueryData(meQuery);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    const status = await queryClient.fetchQuery({ ...statusQuery, staleTime: 0 });
    if (status.needs_setup) throw redirect({ to: "/setup" });
    throw redirect({ to: "/login", search: wanted === "/" ? {} : { to: wanted } });
  }
}

/** Keeps people who are already in, or a server that is already set up, off the two entry pages. */
export async function entryPage(page: "setup" | "login"): Promise<void> {
  const status = await queryClient.fetchQuery({ ...statusQuery, staleTime: 0 });
  if (status.signed_in) throw redirect({ to: "/" });
  if (page === "login" && status.needs_setup) throw redirect({ to: "/setup" });
  if (page === "setup" && !status.needs_setup) throw redirect({ to: "/login", search: {} });
}

/** When a session ends while the app is open, go to sign-in and come back afterwards. */
export function watchSession(goToLogin: (from: string) => void): void {
  whenSignedOut(() => {
    const known = queryClient.getQueryData(meQuery.queryKey) !== undefined;
    if (!known) return;
    queryClient.removeQueries({ queryKey: meQuery.queryKey });
    goToLogin(location.pathname + location.search);
  });
}
