import type { Guider } from "../../sampling/guiders.ts";
import { type SampleRequest, sample } from "../../sampling/sample.ts";

/** Their step sizes follow from what the model answers. */
const ADAPTIVE: ReadonlySet<string> = new Set(["dpm_adaptive"]);
/** Calls for each step after which a sampler counts as one of those: none of the others makes more than 3. */
const MOST_A_STEP = 16;

/**
 * The noise levels at which a sampling run will ask its model, in order: what is announced, and what can be computed of times before the first
 * step. Found by running the sampler on a latent of one value: which levels it visits does not depend on the picture. "unknown" for
 * samplers whose levels do. Rejects as `sample` does.
 */
export async function modelSigmas(request: Omit<SampleRequest, "guider">): Promise<readonly number[] | "unknown"> {
  const { sampler, sigmas } = request;
  if (ADAPTIVE.has(sampler)) return "unknown";
  const most = MOST_A_STEP * sigmas.length;
  const asked: number[] = [];
  const guider: Guider = async (x, sigma) => {
    if (asked.length >= most) throw new Endless();
    asked.push(sigma);
    const denoised = x.map((value) => value / 2);
    return { denoised, uncond: denoised };
  };
  const one = Float32Array.of(1);
  try {
    await sample({ ...request, guider, noise: one, latent: one, denoiseMask: undefined, callback: undefined });
  } catch (error) {
    if (error instanceof Endless) return "unknown";
    throw error;
  }
  return asked;
}

class Endless extends Error {}
