import { describe, expect, test } from "vitest";
import { epsSampling } from "../epsSampling.ts";
import { flux2Sampling } from "../flowSampling.ts";
import type { Guider } from "../guiders.ts";
import { prepareNoise } from "../prepareNoise.ts";
import { type SampleRequest, sample } from "../sample.ts";
import type { Sampler } from "../sampler.ts";
import { basicSchedule } from "../scheduleSigmas.ts";
import { dpmAdaptive } from "./dpmAdaptive.ts";
import { dpmpp2m } from "./dpmpp2m.ts";
import { dpmpp2sAncestral } from "./dpmpp2sAncestral.ts";
import { dpmppMSde } from "./dpmppMSde.ts";
import { dpmppSde } from "./dpmppSde.ts";
import { erSde, reverseTime } from "./erSde.ts";
import { euler } from "./euler.ts";
import { eulerAncestral } from "./eulerAncestral.ts";
import { eulerCfgPp } from "./eulerCfgPp.ts";
import { lms } from "./lms.ts";
import { saSolver } from "./saSolver.ts";
import { seeds } from "./seeds.ts";

const SIZE = 40;
/** A model whose predictions turn with the noise level, so that orders differ. */
const wavy: Guider = async (x, sigma) => {
  const denoised = x.map((v, i) => Math.sin(v + i) * (1 - 0.5 * Math.tanh(sigma)));
  return { denoised, uncond: denoised.map((v) => v / 2) };
};
const flow = flux2Sampling();
const eps = epsSampling();
const kinds: Readonly<Record<"flow" | "eps", SampleRequest>> = {
  flow: {
    sampler: "euler",
    guider: wavy,
    sampling: flow,
    sigmas: basicSchedule(flow, { scheduler: "simple", steps: 6, denoise: 1 }),
    noise: prepareNoise([1, SIZE], 1n),
    latent: new Float32Array(SIZE),
    seed: 3n,
  },
  eps: {
    sampler: "euler",
    guider: wavy,
    sampling: eps,
    sigmas: basicSchedule(eps, { scheduler: "karras", steps: 6, denoise: 1 }),
    noise: prepareNoise([1, SIZE], 1n),
    latent: new Float32Array(SIZE),
    seed: 3n,
  },
};
const run = (kind: "flow" | "eps", method: Sampler, seed = 3n) => sample({ ...kinds[kind], method, seed });
const apart = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

/** Samplers whose noise can be turned off, by name. */
const noisy: Readonly<Record<string, (options: { eta: number; sNoise: number }) => Sampler>> = {
  eulerAncestral,
  eulerCfgPp: (options) => eulerCfgPp({ ancestral: true, ...options }),
  dpmpp2sAncestral,
  dpmppSde,
  dpmpp2mSde: (options) => dpmppMSde({ formula: "midpoint", ...options }),
  dpmpp3mSde: (options) => dpmppMSde({ formula: "third", ...options }),
  saSolver,
  seeds2: (options) => seeds({ at: [1 / 2], ...options }),
  erSde: ({ eta, sNoise }) => erSde({ noiseScale: reverseTime(eta), sNoise: eta === 0 ? 0 : sNoise }),
};

describe.each(["flow", "eps"] as const)("%s", (kind) => {
  describe.each(Object.keys(noisy))("%s", (name) => {
    const make = noisy[name]!;
    test("eta 0: no noise, whatever its factor and the seed", async () => {
      const still = await run(kind, make({ eta: 0, sNoise: 1 }));
      expect(apart(await run(kind, make({ eta: 0, sNoise: 7 }), 9n), still)).toBe(0);
      expect(still.every(Number.isFinite)).toBe(true);
    });
    test("both settings count, and the picture stays finite in between", async () => {
      const [whole, half, faint] = await Promise.all([
        run(kind, make({ eta: 1, sNoise: 1 })),
        run(kind, make({ eta: 0.5, sNoise: 1 })),
        run(kind, make({ eta: 1, sNoise: 0.5 })),
      ]);
      expect(apart(whole, half)).toBeGreaterThan(1e-3);
      expect(apart(whole, faint)).toBeGreaterThan(1e-3);
      expect(apart(await run(kind, make({ eta: 1, sNoise: 1 }), 4n), whole)).toBeGreaterThan(1e-3);
      for (const picture of [whole, half, faint]) expect(picture.every(Number.isFinite)).toBe(true);
    });
  });

  test.each<[string, Sampler, Sampler]>([
    ["euler_ancestral is euler", eulerAncestral({ eta: 0 }), euler],
    ["euler_ancestral_cfg_pp is euler_cfg_pp", eulerCfgPp({ ancestral: true, eta: 0 }), eulerCfgPp({})],
    [
      "er_sde of first order is euler in data prediction",
      erSde({ noiseScale: reverseTime(0), order: 1, sNoise: 0 }),
      euler,
    ],
  ])("without noise %s", async (_, method, other) => {
    expect(apart(await run(kind, method), await run(kind, other))).toBeLessThan(2e-3);
  });
});

test("without noise dpmpp_2m_sde is dpmpp_2m", async () => {
  // dpmpp_2m counts time in sigma alone, as the noise-predicting models do
  const still = await run("eps", dpmppMSde({ formula: "midpoint", eta: 0 }));
  expect(apart(still, await run("eps", dpmpp2m))).toBeLessThan(0.05);
});

test("lms: each order is another picture, past the number of steps there is no more", async () => {
  const orders = await Promise.all([1, 2, 4, 6, 100].map((order) => run("eps", lms({ order }))));
  expect(apart(orders[0]!, await run("eps", euler))).toBeLessThan(1e-5);
  for (let i = 1; i < 4; i++) expect(apart(orders[i]!, orders[i - 1]!)).toBeGreaterThan(1e-4);
  expect(apart(orders[3]!, orders[4]!)).toBeLessThan(1e-5);
});

test("sa_solver: a predictor of order 1 alone, and the simple weights, which leave other orders alone", async () => {
  const plain = { eta: 0, correctorOrder: 0 };
  const first = await run("flow", saSolver({ ...plain, predictorOrder: 1 }));
  expect(apart(first, await run("flow", saSolver({ ...plain, predictorOrder: 1, simpleSecond: true })))).toBe(0);
  const second = { ...plain, predictorOrder: 2 };
  const simple = apart(
    await run("flow", saSolver(second)),
    await run("flow", saSolver({ ...second, simpleSecond: true })),
  );
  expect(simple).toBeGreaterThan(1e-6);
  expect(simple).toBeLessThan(0.1);
  const corrected = { eta: 0, predictorOrder: 1, correctorOrder: 2 };
  const other = apart(
    await run("flow", saSolver(corrected)),
    await run("flow", saSolver({ ...corrected, simpleSecond: true })),
  );
  expect(other).toBeGreaterThan(1e-6);
  expect(other).toBeLessThan(0.1);
});

test("dpmpp_sde: where the second prediction is made counts", async () => {
  const [middle, end] = await Promise.all([
    run("flow", dpmppSde({ eta: 0 })),
    run("flow", dpmppSde({ eta: 0, r: 0.9 })),
  ]);
  expect(apart(middle, end)).toBeGreaterThan(1e-4);
});

test("dpm_adaptive: a finer tolerance takes more steps; order 2 and noise work", async () => {
  const steps = async (method: Sampler) => {
    let count = 0;
    const picture = await sample({ ...kinds.eps, method, callback: () => count++ });
    expect(picture.every(Number.isFinite)).toBe(true);
    return count;
  };
  const plain = await steps(dpmAdaptive());
  expect(await steps(dpmAdaptive({ relative: 0.005, absolute: 0.0008 }))).toBeGreaterThan(plain);
  expect(await steps(dpmAdaptive({ order: 2 }))).toBeGreaterThan(0);
  expect(await steps(dpmAdaptive({ eta: 1, proportional: 0.4, derivative: 0.1 }))).toBeGreaterThan(0);
});
