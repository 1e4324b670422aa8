import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flux2Denoiser } from "../../src/nodes/sampling/flux2Denoiser.ts";
import { modelSigmas } from "../../src/nodes/sampling/modelSigmas.ts";
import type { Latent } from "../../src/nodes/values.ts";
import type { LoadedModel } from "../../src/runtime/runtime.ts";
import { flux2Sampling } from "../../src/sampling/flowSampling.ts";
import { flux2Sigmas } from "../../src/sampling/flux2Sigmas.ts";
import { basicGuider, cfgGuider } from "../../src/sampling/guiders.ts";
import { prepareNoise } from "../../src/sampling/prepareNoise.ts";
import { sample } from "../../src/sampling/sample.ts";
import { samplerNames } from "../../src/sampling/samplers/index.ts";
import { schedulerNames } from "../../src/sampling/schedulers/index.ts";
import { ksamplerSchedule } from "../../src/sampling/scheduleSigmas.ts";
import { openTinyFlux2, type TinyFlux2, tinyCond } from "./tinyFlux2.ts";

const SHAPE = [1, 128, 2, 3] as const;
const SIZE = 128 * 2 * 3;
const CFG = 2.5;

/**
 * One picture drawn twice by each sampler: with what its times make of the layers computed ahead, and by whole passes as where the levels
 * are unknown. Both must be the same to the bit. The transformer is tiny and has guidance; positive and negative are two inputs of a pass.
 */
describe("modulation ahead or in each pass: the same latent", () => {
  let tiny: TinyFlux2;
  beforeAll(async () => {
    tiny = await openTinyFlux2({ double: 1, single: 1 });
  });
  afterAll(() => tiny.close());

  const sampling = flux2Sampling();
  const [positive, negative] = [tinyCond(1), tinyCond(2)];
  const latent: Latent = { batch: 1, channels: 128, height: 2, width: 3, samples: new Float32Array(SIZE) };

  /** The latent, and of each run that was begun whether its passes were whole. */
  async function draw(sampler: string, sigmas: Float32Array, foretell: boolean) {
    const begun: { readonly whole: boolean; readonly repeat: number | "unknown" }[] = [];
    const { network, loaded } = tiny;
    const watched: LoadedModel = {
      ...loaded,
      begin(inputs, options) {
        const whole = inputs.every(({ stages }) => stages[0]!.name === "modulation" && stages.length > 1);
        begun.push({ whole, repeat: options.repeat });
        return loaded.begin(inputs, options);
      },
    };
    const model = { file: "tiny", network, loaded: watched, sampling, latent: { channels: 128, cell: 16 } };
    const request = { sampler, sampling, sigmas, latent: latent.samples, seed: 7n, noise: prepareNoise(SHAPE, 7n) };
    const levels = foretell ? await modelSigmas(request) : "unknown";
    const guided = sampler.includes("cfg_pp");
    const guiding = guided ? [positive, negative] : [positive];
    const denoiser = flux2Denoiser(model, latent, guiding, levels, new AbortController().signal);
    try {
      const guider = guided
        ? cfgGuider(denoiser.denoise, positive, negative, CFG)
        : basicGuider(denoiser.denoise, positive);
      return { latent: await sample({ ...request, guider }), begun };
    } finally {
      denoiser.end();
    }
  }

  async function expectSame(sampler: string, sigmas: Float32Array): Promise<void> {
    const ahead = await draw(sampler, sigmas, true);
    const whole = await draw(sampler, sigmas, false);
    // neither did the other's
    expect(ahead.begun.map(({ whole }) => whole)).toEqual([false, false]);
    expect(whole.begun).toEqual([{ whole: true, repeat: "unknown" }]);
    expect(ahead.latent.every(Number.isFinite)).toBe(true);
    expect(new Set(ahead.latent).size).toBeGreaterThan(SIZE / 2);
    expect(Buffer.from(ahead.latent.buffer).equals(Buffer.from(whole.latent.buffer))).toBe(true);
  }

  test.each(samplerNames.filter((name) => name !== "dpm_adaptive"))("%s, Flux2Scheduler", async (sampler) => {
    await expectSame(sampler, flux2Sigmas(3, 32, 48));
  });

  // the levels that samplers place between a schedule's own depend on both
  test.each(
    schedulerNames.flatMap((scheduler) => ["euler", "dpm_2_ancestral"].map((sampler) => [scheduler, sampler] as const)),
  )("%s with %s", async (scheduler, sampler) => {
    await expectSame(sampler, ksamplerSchedule(sampling, { scheduler, steps: 3, denoise: 1 }, sampler));
  });

  test("a part of a schedule that ends above 0 and starts below 1", async () => {
    const sigmas = flux2Sigmas(6, 32, 48).slice(2, 5);
    for (const sampler of ["dpmpp_2m", "seeds_3"]) await expectSame(sampler, sigmas);
  });

  test("dpm_adaptive's levels follow from the picture: its passes are whole", async () => {
    const { begun } = await draw("dpm_adaptive", flux2Sigmas(3, 32, 48), true);
    expect(begun).toEqual([{ whole: true, repeat: "unknown" }]);
  });
});
