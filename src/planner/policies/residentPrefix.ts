import { pinnedStages } from "./pinned.ts";

/** The first stages stay, the rest streams: comfy-aimdo's falling watermark, stable-diffusion.cpp's segments. Source: residency.md. */
export const residentPrefix = pinnedStages("resident-prefix", function* (stages) {
  for (let n = stages; n >= 0; n--) yield Array.from({ length: n }, (_, i) => i);
});
