/** What a page shows while it loads, when it fails and when it does not exist. */
import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { buttonLook, Empty, ErrorNote, Skeleton } from "../ui";
import layout from "../ui/layout.module.css";

export function PagePending() {
  return (
    <div className={layout.page} aria-busy="true" aria-label="Loading">
      <div className={layout.stack}>
        <Skeleton width={220} height={22} />
        <Skeleton height={120} />
        <Skeleton height={120} />
      </div>
    </div>
  );
}

export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <div className={layout.page}>
      <ErrorNote error={error} onRetry={reset} />
    </div>
  );
}

export function PageMissing() {
  return (
    <div>
      <Empty
        title="There is no page here"
        text="The address may be mistyped, or the project was deleted."
        action={
          <Link to="/" {...buttonLook("primary")}>
            All projects
          </Link>
        }
      />
    </div>
  );
}
