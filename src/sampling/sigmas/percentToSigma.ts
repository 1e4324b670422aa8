import type { ModelSampling } from "../modelSampling.ts";

/** SamplingPercentToSigma. `actual`: at 0 and 1 the model's largest and smallest sigma, not the bounds that ranges are compared with. */
export function samplingPercentToSigma(sampling: ModelSampling, percent: number, actual: boolean): number {
  if (actual && percent === 0) return sampling.sigmaMax;
  if (actual && percent === 1) return sampling.sigmaMin;
  return sampling.percentToSigma(percent);
}
