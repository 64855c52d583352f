/** Offers the commands of the frame: where one can go from here, and the theme. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { projectQuery } from "../api/queries";
import type { Role } from "../api/types";
import { placeCommands } from "../commands/groups/place";
import { useCommands } from "../commands/live";
import { manages, seesData } from "../lib/rights";
import { useThemeSwitch } from "./ThemeToggle";

const PAGES = [
  { id: "label", title: "Label", to: "/p/$projectId/label", open: () => true },
  { id: "data", title: "Data", to: "/p/$projectId/data", open: seesData },
  { id: "duplicates", title: "Near-duplicates", to: "/p/$projectId/duplicates", open: manages },
  { id: "import", title: "Import data", to: "/p/$projectId/import", open: manages },
  { id: "review", title: "Review", to: "/p/$projectId/review", open: seesData },
  { id: "models", title: "Models", to: "/p/$projectId/models", open: seesData },
  { id: "totals", title: "Totals", to: "/p/$projectId/totals", open: seesData },
  { id: "judges", title: "Judges", to: "/p/$projectId/judges", open: seesData },
  { id: "rubric", title: "New rubric", to: "/p/$projectId/rubric", open: manages },
  { id: "settings", title: "Settings of the project", to: "/p/$projectId/settings", open: manages },
] as const satisfies { id: string; title: string; to: string; open(role: Role): boolean }[];

export function PlaceCommands({ project }: { project: number | undefined }) {
  const navigate = useNavigate();
  const role = useQuery({ ...projectQuery(project ?? 0), enabled: project !== undefined }).data?.my_role;
  const { toggle } = useThemeSwitch();
  const pages = project === undefined || role === undefined ? [] : PAGES.filter((page) => page.open(role));
  useCommands("place", placeCommands({
    projects: () => void navigate({ to: "/" }),
    newProject: () => void navigate({ to: "/projects/new" }),
    account: () => void navigate({ to: "/account" }),
    toggleTheme: toggle,
    pages: pages.map(({ id, title, to }) => ({ id, title, go: () => void navigate({ to, params: { projectId: project ?? 0 } }) })),
  }));
  return null;
}
