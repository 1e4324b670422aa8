import { pinnedStages } from "./pinned.ts";

/** Nothing stays unless everything does; the next stage loads under this one: diffusers' group offload. Source: residency.md, "Other peers". */
export const streamAll = pinnedStages("stream-all", () => [[]]);
