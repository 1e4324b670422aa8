import { int } from "../declare.ts";

/** What both tiling nodes take beside the picture. The temporal ones count frames of videos, which pictures do not have. */
export const tileInputs = (step: number) => ({
  tile_size: int({ default: 512, min: 64, max: 4096, step, advanced: true }),
  overlap: int({ default: 64, min: 0, max: 4096, step: 32, advanced: true }),
  temporal_size: int({
    default: 64,
    min: 8,
    max: 4096,
    step: 4,
    tooltip: "Frames at a time; for videos only.",
    advanced: true,
  }),
  temporal_overlap: int({
    default: 8,
    min: 4,
    max: 4096,
    step: 4,
    tooltip: "Frames that neighbours share; for videos only.",
    advanced: true,
  }),
});
