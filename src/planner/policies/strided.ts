import { pinnedStages } from "./pinned.ts";

/** Stages at equal distances stay, the rest streams: SGLang-Diffusion's strided residents. Source: residency.md, "Other peers". */
export const strided = pinnedStages("strided", function* (stages) {
  for (let n = stages; n >= 0; n--) yield Array.from({ length: n }, (_, i) => Math.floor((i * stages) / n));
});
