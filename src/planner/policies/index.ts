import type { Policy } from "../../memory/policy.ts";
import { spreadPins } from "../../memory/spreadPins.ts";
import { staticPlacement } from "../../memory/staticPlacement.ts";
import { belady } from "./belady.ts";
import type { Worth } from "./cache.ts";
import { fifo } from "./fifo.ts";
import { lru } from "./lru.ts";
import { residentPrefix } from "./residentPrefix.ts";
import { streamAll } from "./streamAll.ts";
import { strided } from "./strided.ts";

/** A policy to plan with: one that the core runs, or a cache on demand, simulated. */
export type PlannedPolicy = { readonly about: string } & ({ readonly policy: Policy } | { readonly worth: Worth });

/** By the name that `weir plan --policy` takes. The first one is Weir's own. */
export const plannedPolicies: Readonly<Record<string, PlannedPolicy>> = {
  "spread-pins": { about: "Weir's: pins spread evenly, the rest through a window", policy: spreadPins },
  static: { about: "everything before the first step, or not at all", policy: staticPlacement },
  "resident-prefix": { about: "the first blocks stay (comfy-aimdo)", policy: residentPrefix },
  strided: { about: "blocks at equal distances stay (SGLang-Diffusion)", policy: strided },
  "stream-all": { about: "nothing stays (group offload)", policy: streamAll },
  lru: { about: "a cache, least recently used leaves", worth: lru },
  fifo: { about: "a cache, first in leaves first", worth: fifo },
  belady: { about: "a cache that knows the future (Bélády)", worth: belady },
};
