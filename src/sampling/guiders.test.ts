import { expect, test } from "vitest";
import { basicGuider, cfgGuider, type Denoiser } from "./guiders.ts";

/** Predicts the cond itself, and counts what it was asked. */
function recorded(): { denoiser: Denoiser<number>; asked: number[][] } {
  const asked: number[][] = [];
  const denoiser: Denoiser<number> = async (x, _, conds) => {
    asked.push([...conds]);
    return conds.map((cond) => x.map(() => cond));
  };
  return { denoiser, asked };
}
const x = new Float32Array(2);

test("basic: the prediction itself", async () => {
  const { denoiser, asked } = recorded();
  expect((await basicGuider(denoiser, 5)(x, 1)).denoised).toEqual(Float32Array.of(5, 5));
  expect(asked).toEqual([[5]]);
});

test("cfg: negative + cfg (positive - negative), both in one call", async () => {
  const { denoiser, asked } = recorded();
  const { denoised, uncond } = await cfgGuider(denoiser, 5, 1, 3)(x, 1);
  expect(denoised).toEqual(Float32Array.of(13, 13));
  expect(uncond).toEqual(Float32Array.of(1, 1));
  expect(asked).toEqual([[5, 1]]);
});

test("cfg 1: the negative is not evaluated, unless a sampler asks for it", async () => {
  const { denoiser, asked } = recorded();
  const guider = cfgGuider(denoiser, 5, 1, 1);
  expect((await guider(x, 1)).denoised).toEqual(Float32Array.of(5, 5));
  expect((await guider(x, 1, true)).uncond).toEqual(Float32Array.of(1, 1));
  expect(asked).toEqual([[5], [5, 1]]);
});
