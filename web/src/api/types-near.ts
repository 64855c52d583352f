/** The shapes of near-duplicates: a search, its groups and their items. */
import type { Narrow, Schemas, With } from "./narrow";
import type { Status } from "./types";
import type { Job } from "./types-models";

export type NearItem = Narrow<Schemas["NearItemView"], { status: Status }>;
export type NearGroup = With<Schemas["NearGroupView"], { items: NearItem[] }>;
export type NearSearch = Schemas["NearSearch"];
export type NearReply = With<Schemas["NearReply"], { groups: NearGroup[]; job: Job | null }>;
