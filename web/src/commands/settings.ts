/** The user's own keys, stored with the account, so that they are the same in every browser. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../api/client";
import { meQuery } from "../api/queries";
import type { UserSettings } from "../api/types";
import type { Keymap } from "./command";
import { registry } from "./live";

export interface KeySettings {
  keymap: Keymap;
  singleKeys: boolean;
  save(part: { keymap?: Keymap; singleKeys?: boolean }): Promise<void>;
}

/** Reads the settings into the registry and writes changes back; the registry follows at once. */
export function useKeySettings(): KeySettings {
  const client = useQueryClient();
  const settings = useQuery(meQuery).data?.user.settings;
  const keymap = settings?.keymap ?? NONE;
  const singleKeys = settings?.single_keys !== false;
  useEffect(() => registry.configure(keymap, singleKeys), [keymap, singleKeys]);
  return {
    keymap,
    singleKeys,
    save: async (part) => {
      const next: UserSettings = { ...settings };
      if (part.keymap) next.keymap = part.keymap;
      if (part.singleKeys !== undefined) next.single_keys = part.singleKeys;
      client.setQueryData(meQuery.queryKey, (me) => me && { ...me, user: { ...me.user, settings: next } });
      await api.patch("/me", { settings: next });
    },
  };
}

const NONE: Keymap = {};
