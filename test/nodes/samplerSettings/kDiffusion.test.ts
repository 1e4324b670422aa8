import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SamplerChoice } from "../../../src/nodes/values.ts";
import { epsSampling } from "../../../src/sampling/epsSampling.ts";
import { openWorld, type World } from "../world.ts";

interface Recorded {
  readonly source: string;
  readonly seed: number;
  readonly sigmas: readonly number[];
  readonly x: readonly number[];
  readonly cases: readonly {
    readonly sampler: string;
    readonly options: Readonly<Record<string, number | string>>;
    readonly calls?: number;
    readonly out: readonly number[];
  }[];
}
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, "kDiffusion.json"), "utf8")) as Recorded;

/** The node for each of k-diffusion's samplers, whose inputs have the same names. */
const NODES: Readonly<Record<string, string>> = {
  euler_ancestral: "SamplerEulerAncestral",
  dpmpp_2s_ancestral: "SamplerDPMPP_2S_Ancestral",
  dpmpp_sde: "SamplerDPMPP_SDE",
  dpmpp_2m_sde: "SamplerDPMPP_2M_SDE",
  dpmpp_3m_sde: "SamplerDPMPP_3M_SDE",
  lms: "SamplerLMS",
  dpm_adaptive: "SamplerDPMAdaptative",
};

/**
 * Settings of samplers off their defaults, against k-diffusion's own samplers with the same noise (README.md says how). dpmpp_sde reads a
 * Brownian path at a level inside each step: where that is rounded otherwise by one bit, the path has moved by about the root of it.
 */
describe("settings of samplers, by k-diffusion", () => {
  let world: World;
  beforeAll(() => {
    world = openWorld();
  });
  afterAll(() => world.close());

  test.each(recorded.cases.map((one) => [one.sampler, JSON.stringify(one.options), one] as const))(
    "%s %s",
    async (sampler, _, { options, calls, out }) => {
      const node = world.node(NODES[sampler]!);
      const defaults = Object.entries(node.inputs).map(([name, spec]) => [
        name,
        "default" in spec ? spec.default : undefined,
      ]);
      const given = { ...Object.fromEntries(defaults), noise_device: "cpu", solver_type: "midpoint", ...options };
      const { method } = (await node.execute(given, world.context())).outputs[0] as SamplerChoice;
      let asked = 0;
      const predict = async (x: Float32Array, s: number) => {
        asked++;
        return x.map((v) => v / (1 + s * s) + (((0.3 * s) / (1 + s)) * v) / (1 + Math.abs(v)));
      };
      const got = await method!({
        x: Float32Array.from(recorded.x),
        sigmas: Float32Array.from(sampler === "lms" ? recorded.sigmas.slice(0, -1) : recorded.sigmas),
        denoise: predict,
        guide: async (x, s) => {
          const denoised = await predict(x, s);
          return { denoised, uncond: denoised };
        },
        sampling: epsSampling(),
        seed: BigInt(recorded.seed),
      });
      if (calls !== undefined) expect(asked).toBe(calls);
      const scale = Math.max(...out.map(Math.abs));
      const worst = Math.max(...out.map((want, i) => Math.abs(got[i]! - want)));
      expect(worst / scale).toBeLessThan(sampler === "dpmpp_sde" && options["eta"] !== 0 ? 5e-4 : 1e-5);
    },
  );

  test("settings tell in what is recorded", () => {
    const outs = recorded.cases.map(({ sampler, out }) => `${sampler} ${out}`);
    // with no noise renewed, the factor of the noise and which noise it is make no difference, and 1/2 is the default r
    expect(new Set(outs).size).toBe(outs.length);
  });
});
