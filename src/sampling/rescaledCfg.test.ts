import { expect, test } from "vitest";
import { cfgGuider, type Denoiser } from "./guiders.ts";
import { rescaledCfg } from "./rescaledCfg.ts";
import { TorchGenerator } from "./torchGenerator.ts";

const draw = (seed: bigint) => new TorchGenerator(seed).randn(64);
const [x, cond, uncond] = [draw(1n), draw(2n), draw(3n)] as const;
const sigma = 0.7;
const denoiser: Denoiser<"cond" | "uncond"> = async (_, __, conds) =>
  conds.map((name) => (name === "cond" ? cond : uncond));
const guided = async (share: number, cfg: number, batch = 1) =>
  (await cfgGuider(denoiser, "cond", "uncond", cfg, rescaledCfg(share, batch))(x, sigma)).denoised;
const plain = async (cfg: number) => (await cfgGuider(denoiser, "cond", "uncond", cfg)(x, sigma)).denoised;
const close = (a: Float32Array, b: Float32Array) => {
  for (const [i, v] of a.entries()) expect(v).toBeCloseTo(b[i]!, 4);
};
/** Spread of the velocities behind a prediction. */
const spread = (prediction: Float32Array, from = 0, to = 64) => {
  const scale = sigma ** 2 + 1;
  const v = Array.from({ length: to - from }, (_, i) => x[from + i]! / scale - prediction[from + i]!);
  const mean = v.reduce((a, b) => a + b) / v.length;
  return Math.sqrt(v.reduce((sum, value) => sum + (value - mean) ** 2, 0));
};

test("none of it is plain guidance", async () => close(await guided(0, 5), await plain(5)));

test("all of it has the spread of the positive prediction, for each picture by itself", async () => {
  expect(spread(await plain(5)) / spread(cond)).toBeGreaterThan(2);
  expect(spread(await guided(1, 5)) / spread(cond)).toBeCloseTo(1, 4);
  const two = await guided(1, 5, 2);
  for (const [from, to] of [
    [0, 32],
    [32, 64],
  ] as const)
    expect(spread(two, from, to) / spread(cond, from, to)).toBeCloseTo(1, 4);
});

test("in between it is mixed", async () => {
  const [none, half, all] = [await guided(0, 5), await guided(0.5, 5), await guided(1, 5)];
  close(
    half,
    none.map((v, i) => (v + all[i]!) / 2),
  );
});
