import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Flux2Shape, flux2Inputs } from "../../src/models/flux2/index.ts";
import type { Inputs } from "../../src/models/inputs.ts";
import { flux2Denoiser } from "../../src/nodes/sampling/flux2Denoiser.ts";
import { modelSigmas } from "../../src/nodes/sampling/modelSigmas.ts";
import type { Conditioning, DiffusionModel, Latent } from "../../src/nodes/values.ts";
import type { BeginOptions } from "../../src/runtime/runtime.ts";
import { flux2Sampling } from "../../src/sampling/flowSampling.ts";
import { flux2Sigmas } from "../../src/sampling/flux2Sigmas.ts";
import { cfgGuider } from "../../src/sampling/guiders.ts";
import { prepareNoise } from "../../src/sampling/prepareNoise.ts";
import { sample } from "../../src/sampling/sample.ts";
import type { PassDef } from "../../src/tensor/stage.ts";
import { openTinyFlux2, type TinyFlux2, tinyCond } from "./tinyFlux2.ts";
import { openWorld } from "./world.ts";

const numbers = (length: number, seed: number) => new Float32Array(length).map((_, i) => Math.sin(i * i + seed));
const bits = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
const apart = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
const SIZES = { double: 2, single: 2 };
const CHANNELS = 128;

/**
 * ComfyUI's FluxKVCache by what must be so: the pass that keeps is the pass without it; a later one, shown the same picture at the same
 * time, says the same although it has no tokens for the references.
 */
describe.each(["reference", "cpu"])("passes that keep references and that have them kept, %s", (device) => {
  let tiny: TinyFlux2;
  beforeAll(async () => {
    tiny = await openTinyFlux2(SIZES, device);
  });
  afterAll(() => tiny.close());

  const shape: Flux2Shape = {
    batch: 2,
    height: 2,
    width: 3,
    textTokens: 4,
    guidance: true,
    references: [
      { height: 2, width: 2 },
      { height: 1, width: 3 },
    ],
    referenceMethod: "index_timestep_zero",
  };
  const keep: Flux2Shape = { ...shape, keepReferences: true };
  const use: Flux2Shape = { ...shape, references: [], keptTokens: 7 };
  async function run(which: Flux2Shape, seed: number, sigma: number, more: Inputs = {}) {
    const { network, loaded } = tiny;
    const values = {
      x: numbers(2 * CHANNELS * 6, seed),
      sigma: [sigma],
      guidance: [3.5],
      context: numbers(4 * network.dims.context, 1),
      references: (which.references ?? []).map((r, n) => numbers(CHANNELS * r.height * r.width, 20 + n)),
    };
    const run = await loaded.begin([network.pass(which)], { repeat: 1 });
    const [outputs] = await run.pass([{ ...flux2Inputs(network.dims, which, values), ...more }]);
    run.end();
    return outputs!;
  }

  test("the first is the pass that keeps nothing, and later ones agree with it", { timeout: 60_000 }, async () => {
    const whole = await run(shape, 1, 0.9);
    const { out, ...kept } = await run(keep, 1, 0.9);
    expect(bits(out!).equals(bits(whole["out"]!))).toBe(true);
    expect(Object.keys(kept)).toHaveLength(2 * (SIZES.double + SIZES.single));
    expect(Object.values(kept).every((values) => values.length === 2 * 7 * tiny.network.dims.hidden)).toBe(true);
    const later = await run(use, 1, 0.9, kept);
    expect(Object.keys(later)).toEqual(["out"]);
    expect(apart(later["out"]!, out!)).toBeLessThan(2e-5);
    // another picture, later: near what the whole pass says, but not it; the references have not seen that picture
    const [other, exact, none] = [
      (await run(use, 2, 0.5, kept))["out"]!,
      (await run(shape, 2, 0.5))["out"]!,
      (await run({ ...shape, references: [] }, 2, 0.5))["out"]!,
    ];
    expect(apart(other, exact)).toBeGreaterThan(1e-4);
    expect(apart(other, none)).toBeGreaterThan(1e-3);
    const swapped = Object.fromEntries(Object.entries(kept).map(([name, values]) => [name, values.toReversed()]));
    expect(apart((await run(use, 1, 0.9, swapped))["out"]!, out!)).toBeGreaterThan(1e-3);
  });

  test("what is kept takes room for a block at a time", () => {
    const { network } = tiny;
    expect(network.pass(keep).early).toHaveLength(8);
    expect(network.pass(use).late).toEqual(network.pass(keep).early);
    expect(network.pass(keep).key).not.toBe(network.pass(shape).key);
    expect(network.pass(use).key).not.toBe(network.pass({ ...shape, references: [] }).key);
  });
});

describe("sampling with FluxKVCache", () => {
  const latent: Latent = { batch: 1, channels: CHANNELS, height: 2, width: 3, samples: new Float32Array(CHANNELS * 6) };
  const reference = (seed: number, height: number): Latent => ({
    ...latent,
    height,
    samples: numbers(CHANNELS * 3 * height, seed),
  });
  const withReferences = (cond: Conditioning, ...references: Latent[]): Conditioning =>
    cond.map((entry) => ({ ...entry, references }));
  const positive = withReferences(tinyCond(1), reference(5, 2), reference(6, 1));
  const negative = withReferences(tinyCond(2), reference(5, 2));

  /** What was begun, and the latent after each of the model's answers. */
  async function draw(
    tiny: TinyFlux2,
    {
      conds = [positive, negative],
      keep = true,
      foretell = true,
      sampler = "euler",
    }: {
      conds?: readonly [Conditioning, Conditioning];
      keep?: boolean;
      foretell?: boolean;
      sampler?: string;
    } = {},
  ) {
    const { network, loaded } = tiny;
    const begun: { readonly keys: readonly string[]; readonly repeat: number | "unknown" }[] = [];
    const sampling = flux2Sampling();
    const watched = {
      ...loaded,
      model: loaded.model,
      close: () => loaded.close(),
      begin(inputs: readonly PassDef[], options: BeginOptions) {
        begun.push({ keys: inputs.map(({ key }) => key), repeat: options.repeat });
        return loaded.begin(inputs, options);
      },
    };
    const plain: DiffusionModel = {
      file: "tiny",
      network,
      loaded: watched,
      sampling,
      latent: { channels: CHANNELS, cell: 16 },
    };
    const world = openWorld();
    const node = world.node("FluxKVCache");
    const model = keep ? ((await node.execute({ model: plain }, world.context())).outputs[0] as DiffusionModel) : plain;
    world.close();
    const sigmas = flux2Sigmas(4, 32, 48);
    const noise = prepareNoise([1, CHANNELS, 2, 3], 7n);
    const request = { sampler, sampling, sigmas, latent: latent.samples, seed: 7n, noise };
    const levels = foretell ? await modelSigmas(request) : "unknown";
    const denoiser = flux2Denoiser(model, latent, conds, levels, new AbortController().signal);
    const answers: Float32Array[] = [];
    try {
      const guider = cfgGuider(denoiser.denoise, conds[0], conds[1], 2);
      const callback = ({ denoised }: { denoised: Float32Array }) => void answers.push(denoised);
      return { latent: await sample({ ...request, guider, callback }), answers, begun };
    } finally {
      denoiser.end();
    }
  }

  let tiny: TinyFlux2;
  beforeAll(async () => {
    tiny = await openTinyFlux2(SIZES);
  });
  afterAll(() => tiny.close());

  test("references are computed by the first step; steps after it have none, and are announced once", async () => {
    const { begun } = await draw(tiny);
    const kinds = begun.map(({ keys, repeat }) => [
      repeat,
      ...keys.map((key) => (key.includes("modulation") ? "times" : (/ (keeping|kept \d+)$/.exec(key)?.[1] ?? key))),
    ]);
    // what time 0 makes of references is asked for by the first step alone: two moments, then one
    expect(kinds).toEqual([
      [1, "times"],
      [3, "times"],
      [1, "keeping", "keeping"],
      [3, "kept 9", "kept 6"],
    ]);
  });

  test("the first answer is the one without it, the later ones are not", async () => {
    const method = (cond: Conditioning) =>
      cond.map((entry) => ({ ...entry, referenceMethod: "index_timestep_zero" as const }));
    const conds = [method(positive), method(negative)] as const;
    const [kept, whole] = [await draw(tiny), await draw(tiny, { conds, keep: false })];
    expect(bits(kept.answers[0]!).equals(bits(whole.answers[0]!))).toBe(true);
    expect(apart(kept.answers[1]!, whole.answers[1]!)).toBeGreaterThan(1e-4);
    expect(whole.begun.every(({ keys }) => keys.every((key) => !/keeping|kept/.test(key)))).toBe(true);
  });

  test("another method stays as it was said", async () => {
    const conds = [positive, negative].map((cond) =>
      cond.map((entry) => ({ ...entry, referenceMethod: "offset" as const })),
    ) as unknown as readonly [Conditioning, Conditioning];
    const [kept, whole] = [await draw(tiny, { conds }), await draw(tiny, { conds, keep: false })];
    expect(bits(kept.answers[0]!).equals(bits(whole.answers[0]!))).toBe(true);
  });

  test("without references it changes nothing", async () => {
    const conds = [tinyCond(1), tinyCond(2)] as const;
    const [kept, plain] = [await draw(tiny, { conds }), await draw(tiny, { conds, keep: false })];
    expect(bits(kept.latent).equals(bits(plain.latent))).toBe(true);
    expect(kept.begun).toEqual(plain.begun);
  });

  test.each(["euler", "heun", "dpmpp_2m_sde"])("%s: whole passes give the same bits", async (sampler) => {
    const [ahead, whole] = [await draw(tiny, { sampler }), await draw(tiny, { sampler, foretell: false })];
    expect(bits(ahead.latent).equals(bits(whole.latent))).toBe(true);
    expect(whole.begun.map(({ repeat }) => repeat)).toEqual(["unknown", "unknown"]);
  });

  test.each([0.6, 0.3])("the same bits with %f of the weights in VRAM", async (share) => {
    const small = await openTinyFlux2(SIZES, "cpu", { vramWeights: { share } });
    try {
      expect(bits((await draw(small)).latent).equals(bits((await draw(tiny)).latent))).toBe(true);
    } finally {
      await small.close();
    }
  });
});
