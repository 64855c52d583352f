/** The address of the workbench: hands it the project and, if one was asked for, the item. */
import { getRouteApi } from "@tanstack/react-router";
import Workbench from "../features/annotate/Workbench";

const route = getRouteApi("/inside/p/$projectId/label");

export function LabelPage() {
  const { projectId } = route.useParams();
  const { item } = route.useSearch();
  return <Workbench projectId={projectId} itemId={item} />;
}
