import type { ModelSampling } from "./modelSampling.ts";

/** Noise levels for `steps` steps: falling, the last one 0. Some give more or fewer than steps + 1: that is theirs, and ComfyUI's. */
export type Scheduler = (sampling: ModelSampling, steps: number) => readonly number[];
