/** The state of the latest promise, beside the list: in force, or lapsed; a click shows the history. */
import { useQuery } from "@tanstack/react-query";
import { permissionsQuery } from "../../api/queries";
import { Button } from "../../ui";

export function PermissionChip({ project, onOpen }: { project: number; onOpen(): void }) {
  const latest = useQuery({ ...permissionsQuery(project), retry: false }).data?.find((one) => one.state !== "taken back");
  if (!latest) return null;
  const lapsed = latest.state === "lapsed";
  return (
    <Button size="small" kind="quiet" title={lapsed ? latest.why : latest.promise.words} onClick={onOpen}>
      {lapsed ? "Guarantee lapsed" : "Guarantee in force"}
    </Button>
  );
}
