import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSafetensors } from "../../formats/safetensors.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { openFlux2 } from "../../models/flux2/index.ts";
import type { InputValue, LoadedModel } from "../../runtime/runtime.ts";
import { flux2Sampling } from "../../sampling/flowSampling.ts";
import { flux2Sigmas } from "../../sampling/flux2Sigmas.ts";
import { samplerNames } from "../../sampling/samplers/index.ts";
import { elements } from "../../tensor/dtype.ts";
import type { PassDef } from "../../tensor/stage.ts";
import type { WeirContext } from "../context.ts";
import { emptyLatent } from "../latent/emptyLatent.ts";
import type { Conditioning, DiffusionModel, GuiderChoice, Latent } from "../values.ts";
import { sampleLatent } from "./sampleLatent.ts";

/** What is announced and computed, with a network that says 0: no device, the demo file's header. */
let source: WeightSource;
beforeAll(async () => {
  source = await openSafetensors(
    new URL("../../../demo/models/diffusion_models/weir-demo-dit.safetensors", import.meta.url).pathname,
  );
});
afterAll(() => source.close());

interface Call {
  readonly begin: readonly string[];
  readonly repeat: number | "unknown";
  passes: Readonly<Record<string, InputValue>>[][];
  ended: number;
}

function fakeModel(): { readonly model: DiffusionModel; readonly calls: Call[] } {
  const network = openFlux2(source);
  const calls: Call[] = [];
  const loaded: LoadedModel = {
    model: network,
    async begin(inputs: readonly PassDef[], { repeat }) {
      const call: Call = { begin: inputs.map(({ key }) => key), repeat, passes: [], ended: 0 };
      calls.push(call);
      return {
        async pass(values) {
          call.passes.push([...values]);
          return values.map((value, i) =>
            Object.fromEntries(
              inputs[i]!.outputs.map((name) => {
                const { shape } = inputs[i]!.carried[name]!;
                return [name, new Float32Array(name === "out" ? (value["x"] as Float32Array).length : elements(shape))];
              }),
            ),
          );
        },
        end: () => {
          call.ended += 1;
        },
      };
    },
    close: async () => {},
  };
  const latent = { channels: network.dims.channels, cell: 16 };
  return { model: { file: "demo.safetensors", network, loaded, sampling: flux2Sampling(), latent }, calls };
}

const cond = (tokens: number, width = 384, guidance?: number): Conditioning => [
  {
    context: new Float32Array(tokens * width).fill(0.5),
    tokens,
    width,
    ...(guidance === undefined ? {} : { guidance }),
  },
];
const progress: string[] = [];
const context = {
  signal: new AbortController().signal,
  progress: (value: number, max: number) => progress.push(`${value}/${max}`),
} as unknown as WeirContext;
const run = (
  guider: GuiderChoice,
  more: { sampler?: string; latent?: Latent; seed?: bigint | null; steps?: number } = {},
) =>
  sampleLatent(
    {
      guider,
      noise: { seed: more.seed === undefined ? 0n : more.seed },
      sampler: { name: more.sampler ?? "euler" },
      sigmas: flux2Sigmas(more.steps ?? 3, 64, 64),
      latent: more.latent ?? emptyLatent(64, 64, 1, { channels: 128, cell: 16 }),
    },
    context,
  );

describe("sampleLatent", () => {
  test("euler computes what its times make of the layers, announces its steps once, pads the text and tells its progress", async () => {
    progress.length = 0;
    const { model, calls } = fakeModel();
    const { output } = await run({ model, positive: cond(20), cfg: 1 });
    expect(calls).toHaveLength(2);
    const once = "flux2 modulation 1 times 1 guidance false";
    expect(calls[0]).toMatchObject({ repeat: 3, ended: 1, begin: [once] });
    expect(calls[0]!.passes.map((values) => Object.keys(values[0]!))).toEqual([["time"], ["time"], ["time"]]);
    expect(calls[1]).toMatchObject({ repeat: 3, ended: 1, begin: [expect.stringContaining("1x4x4 text 512")] });
    expect(calls[1]!.passes.map((values) => values.length)).toEqual([1, 1, 1]);
    expect(calls[1]!.passes[0]![0]).not.toHaveProperty("time");
    const text = calls[1]!.passes[0]![0]!["context"] as Float32Array;
    expect(text.length).toBe(512 * 384);
    expect([text[0], text.at(-1)]).toEqual([0, 0.5]); // zeros on the left
    expect(progress).toEqual(["1/3", "2/3", "3/3"]);
    expect([output.batch, output.channels, output.height, output.width]).toEqual([1, 128, 4, 4]);
  });

  test("guidance takes both conditionings in one pass; each keeps its own length", async () => {
    const { model, calls } = fakeModel();
    await run({ model, positive: cond(20), negative: cond(600), cfg: 5 });
    expect(calls).toHaveLength(2);
    expect(calls[0]).toMatchObject({ begin: [expect.stringContaining("modulation")], repeat: 3 }); // one row serves both
    expect(calls[1]!.begin.map((key) => /text \d+/.exec(key)![0])).toEqual(["text 512", "text 600"]);
    expect(calls[1]!.passes.map((values) => values.length)).toEqual([2, 2, 2]);
  });

  test("cfg 1 does not evaluate the negative", async () => {
    const { model, calls } = fakeModel();
    await run({ model, positive: cond(20), negative: cond(20), cfg: 1 });
    expect(calls[1]!.begin).toHaveLength(1);
  });

  test("heun asks twice a step: levels that it visits twice are computed once", async () => {
    const { model, calls } = fakeModel();
    await run({ model, positive: cond(20), cfg: 1 }, { sampler: "heun" });
    expect(calls.map(({ repeat, passes }) => [repeat, passes.length])).toEqual([
      [3, 3],
      [5, 5], // two a step, one in the last
    ]);
  });

  test("a sampler that chooses its steps announces no number, and its passes are whole", async () => {
    const { model, calls } = fakeModel();
    await run({ model, positive: cond(20), cfg: 1 }, { sampler: "dpm_adaptive" });
    expect(calls).toHaveLength(1);
    expect(calls[0]!.repeat).toBe("unknown");
    expect(calls[0]!.passes[0]![0]).toHaveProperty("time");
  });

  test.each(samplerNames.filter((name) => name !== "dpm_adaptive"))(
    "%s takes as many passes as it announces",
    async (sampler) => {
      const { model, calls } = fakeModel();
      await run({ model, positive: cond(20), cfg: 1 }, { sampler, steps: 5 });
      expect(calls.map(({ passes }) => passes.length)).toEqual(calls.map(({ repeat }) => repeat));
      expect(calls).toHaveLength(2);
    },
  );

  test("another seed, text or size of the same times computes none anew; another guidance does", async () => {
    const { model, calls } = fakeModel();
    const kinds = () => calls.splice(0).map(({ begin }) => (begin[0]!.includes("modulation") ? "times" : "steps"));
    await run({ model, positive: cond(20), cfg: 1 });
    expect(kinds()).toEqual(["times", "steps"]);
    await run({ model, positive: cond(30), cfg: 1 }, { seed: 5n });
    expect(kinds()).toEqual(["steps"]);
    await run({ model, positive: cond(30), cfg: 1 }, { latent: emptyLatent(128, 64, 1, { channels: 128, cell: 16 }) });
    expect(kinds()).toEqual(["steps"]);
    await run({ model, positive: cond(30), cfg: 1 }, { steps: 4 });
    expect(kinds()).toEqual(["times", "steps"]);
    // Another model value may have LoRAs: nothing is taken from the first.
    await run({ model: { ...model }, positive: cond(30), cfg: 1 });
    expect(kinds()).toEqual(["times", "steps"]);
  });

  test("a conditioning for a part of the run: what is announced is what shows the same entries", async () => {
    const { model, calls } = fakeModel();
    const late = [{ ...cond(20)[0]!, scope: { start: 0.5, end: 1 } }];
    const always = cond(30);
    await run({ model, positive: [...late, ...always], cfg: 1 }, { steps: 6 });
    const [times, first, second] = calls;
    expect(calls).toHaveLength(3);
    expect(times!.passes).toHaveLength(6);
    expect([first!.begin.length, second!.begin.length]).toEqual([1, 2]);
    expect(calls.map(({ passes }) => passes.length)).toEqual(calls.map(({ repeat }) => repeat));
    expect(first!.passes.length + second!.passes.length).toBe(6);
  });

  test("a batch; noise is drawn for all of it; no noise leaves the latent alone", async () => {
    const { model } = fakeModel();
    const latent = emptyLatent(64, 64, 2, { channels: 128, cell: 16 });
    const noisy = await run({ model, positive: cond(20), cfg: 1 }, { latent });
    expect(noisy.output.batch).toBe(2);
    expect(noisy.output.samples.slice(0, 2048)).not.toEqual(noisy.output.samples.slice(2048));
    const still = await run({ model, positive: cond(20), cfg: 1 }, { latent, seed: null });
    expect(still.output.samples.every((value) => value === 0)).toBe(true);
  });

  test("an empty latent of other models is fitted; a full one is refused with both sizes", async () => {
    const { model } = fakeModel();
    const guider = { model, positive: cond(20), cfg: 1 };
    const empty = emptyLatent(64, 64, 1, { channels: 4, cell: 8 });
    expect((await run(guider, { latent: empty })).output).toMatchObject({ channels: 128, height: 4, width: 4 });
    const full = { ...empty, samples: empty.samples.map(() => 1) };
    await expect(run(guider, { latent: full })).rejects.toMatchObject({
      code: "bad-node-input",
      message:
        "the latent has 4 channels, demo.safetensors takes 128; EmptyFlux2LatentImage and VAEEncode with Flux 2's VAE make such latents",
    });
  });

  test("reference latents: each keeps its size, a batch takes a reference's pictures in turn", async () => {
    const { model, calls } = fakeModel();
    const reference = (batch: number, side: number): Latent => {
      const samples = new Float32Array(batch * 128 * side * side).map(
        (_, i) => 1 + Math.floor(i / (128 * side * side)),
      );
      return { batch, channels: 128, height: side, width: side, samples };
    };
    const entry = { ...cond(20)[0]!, references: [reference(2, 2), reference(1, 3)] };
    const positive: Conditioning = [{ ...entry, referenceMethod: "index_timestep_zero" }];
    const latent = emptyLatent(64, 64, 3, { channels: 128, cell: 16 });
    await run({ model, positive, negative: cond(20), cfg: 3 }, { latent });
    // The two know different moments: one run for each.
    expect(calls.slice(0, 2).map(({ begin }) => begin)).toEqual([
      ["flux2 modulation 3 times 2 guidance false"],
      ["flux2 modulation 3 times 1 guidance false"],
    ]);
    expect(calls[2]!.begin.map((key) => /references (\S*) times (\d)/.exec(key)!.slice(1))).toEqual([
      ["2x2+3x3", "2"],
      ["", "1"],
    ]);
    const values = calls[2]!.passes[0]![0]!;
    const each = [0, 1, 2].map((n) => (values["reference.0"] as Float32Array)[n * 128 * 4]);
    expect(each).toEqual([1, 2, 1]);
    expect((values["reference.1"] as Float32Array).length).toBe(3 * 128 * 9);
  });

  test("a reference of another model is refused", async () => {
    const { model } = fakeModel();
    const strange: Latent = { batch: 1, channels: 16, height: 1, width: 1, samples: new Float32Array(16).fill(1) };
    const positive = [{ ...cond(20)[0]!, references: [strange] }];
    await expect(run({ model, positive, cfg: 1 })).rejects.toThrow(
      "the latent has 16 channels, demo.safetensors takes 128",
    );
  });

  test("a text encoder of another model is refused, and nothing stays announced", async () => {
    const { model, calls } = fakeModel();
    await expect(run({ model, positive: cond(20, 7680), cfg: 1 })).rejects.toMatchObject({
      code: "bad-node-input",
      message:
        "the text's context is 7680 wide, demo.safetensors takes 384: text encoder and model do not belong together",
    });
    expect(calls.filter((call) => call.ended === 0)).toEqual([]);
  });
});
