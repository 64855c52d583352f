/** The names of the connected models that are switched on; null while they are not known. */
import { useQuery } from "@tanstack/react-query";
import { errorText } from "../../api/client";
import { connectionsQuery } from "../../api/modelQueries";

export function useConnections(): { names: string[] | null; error: string | null } {
  const found = useQuery(connectionsQuery);
  return { names: found.data ? found.data.filter((c) => c.enabled).map((c) => c.name) : null, error: found.error ? errorText(found.error) : null };
}
