import type { ModelSampling } from "./modelSampling.ts";
import { samplerByName } from "./samplers/index.ts";
import { schedulerByName } from "./schedulers/index.ts";

export interface ScheduleRequest {
  /** ComfyUI's name of the scheduler. */
  readonly scheduler: string;
  readonly steps: number;
  /** 1: from pure noise. Below: the schedule is made for steps / denoise steps and its last `steps` are kept. 0 or less: no steps. */
  readonly denoise: number;
}

/** BasicScheduler: at most steps + 1 sigmas, falling to 0. Throws UnknownName. */
export function basicSchedule(sampling: ModelSampling, { scheduler, steps, denoise }: ScheduleRequest): Float32Array {
  const make = schedulerByName(scheduler);
  if (denoise <= 0) return new Float32Array();
  return lastSteps(make(sampling, denoise < 1 ? Math.trunc(steps / denoise) : steps), steps);
}

/**
 * KSampler's: as above, but the whole schedule where nothing is cut, and for samplers that evaluate between two levels (dpm_2, uni_pc)
 * one step more is made and the second-last level dropped. Throws UnknownName.
 */
export function ksamplerSchedule(
  sampling: ModelSampling,
  { scheduler, steps, denoise }: ScheduleRequest,
  sampler: string,
): Float32Array {
  const make = schedulerByName(scheduler);
  const drops = samplerByName(sampler).dropsPenultimate === true;
  if (denoise <= 0) return new Float32Array();
  const whole = (n: number) => (drops ? make(sampling, n + 1).toSpliced(-2, 1) : make(sampling, n));
  // ComfyUI's test for "nothing is cut"
  if (denoise > 0.9999) return Float32Array.from(whole(steps));
  return lastSteps(whole(Math.trunc(steps / denoise)), steps);
}

const lastSteps = (levels: readonly number[], steps: number): Float32Array =>
  Float32Array.from(levels.slice(-(steps + 1)));
