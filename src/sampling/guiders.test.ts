import { expect, test } from "vitest";
import { basicGuider, cfgGuider, type Denoiser, dualCfgGuider, perpNegGuider } from "./guiders.ts";

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

const dual = { cond1: 7, cond2: 3, negative: 1 };

test.each([
  // 1 + (3 - 1) 5 + (7 - 3) 2, and 1 + 5 (3 + (7 - 3) 2 - 1)
  ["regular", false, 19],
  ["nested", true, 51],
])("dual, %s: all three in one call", async (_, nested, want) => {
  const { denoiser, asked } = recorded();
  const guided = await dualCfgGuider(denoiser, dual, { cfg1: 2, cfg2: 5, nested })(x, 1);
  expect(guided).toEqual({ denoised: Float32Array.of(want, want), uncond: Float32Array.of(1, 1) });
  expect(asked).toEqual([[7, 3, 1]]);
});

test("dual with both factors 1 is the first conditioning", async () => {
  for (const nested of [false, true]) {
    const { denoised } = await dualCfgGuider(recorded().denoiser, dual, { cfg1: 1, cfg2: 1, nested })(x, 1);
    expect(denoised).toEqual(Float32Array.of(7, 7));
  }
});

/** Predicts a vector per conditioning. */
const vectors =
  (by: Record<string, readonly number[]>): Denoiser<string> =>
  async (_, __, conds) =>
    conds.map((cond) => Float32Array.from(by[cond]!));
const names = { positive: "pos", negative: "neg", empty: "empty" };

test("perp-neg: what of the negative goes along the positive is left alone", async () => {
  // towards (2, 0), away (3, 4): perpendicular is (0, 4)
  const denoiser = vectors({ pos: [3, 1], neg: [4, 5], empty: [1, 1] });
  const guided = await perpNegGuider(denoiser, names, { cfg: 2, scale: 0.5 })(x, 1);
  expect([...guided.denoised]).toEqual([1 + 2 * 2, 1 - 2 * 0.5 * 4]);
  expect([...guided.uncond]).toEqual([1, 1]);
});

test("perp-neg: a negative that says what the positive says changes nothing, nor does an empty positive divide by 0", async () => {
  const same = vectors({ pos: [3, 1], neg: [5, 1], empty: [1, 1] });
  const { denoised } = await perpNegGuider(same, names, { cfg: 2, scale: 1 })(x, 1);
  expect([...denoised]).toEqual([5, 1]);
  const none = vectors({ pos: [1, 1], neg: [5, 1], empty: [1, 1] });
  expect([...(await perpNegGuider(none, names, { cfg: 2, scale: 1 })(x, 1)).denoised]).toEqual([1 - 2 * 4, 1]);
});
