/** Connected models as their owner sees them: kinds of servers, and what was asked of them. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { LedgerPage, LedgerTotal, OwnModel, Provider } from "./types";

export const providersQuery = queryOptions({ queryKey: ["providers"], queryFn: () => api.get<Provider[]>("/providers"), staleTime: Infinity });

export const ownModelsQuery = queryOptions({ queryKey: ["own-models"], queryFn: () => api.get<OwnModel[]>("/own-models") });

export type LedgerBy = "connection" | "model" | "purpose" | "day" | "project" | "user";

export const ledgerTotalsQuery = (by: LedgerBy, since: number) =>
  queryOptions({
    queryKey: ["ledger", "totals", by, since],
    queryFn: () => api.get<LedgerTotal[]>(`/ledger/totals?by=${by}&since=${since}`),
  });

export const ledgerQuery = (since: number) =>
  queryOptions({ queryKey: ["ledger", "lines", since], queryFn: () => api.get<LedgerPage>(`/ledger?limit=50&since=${since}`) });
