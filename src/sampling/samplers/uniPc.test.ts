import { describe, expect, test } from "vitest";
import type { SamplerRun } from "../sampler.ts";
import { uniPc } from "./uniPc.ts";

/** UniPC reads neither `guide` nor `sampling` nor `seed`. */
const run = (given: Pick<SamplerRun, "x" | "sigmas" | "denoise" | "callback">): SamplerRun => given as SamplerRun;

/** What ComfyUI's sampler does with a schedule of one step is read from its loop: the first step only asks the model. */
describe.each(["bh1", "bh2"] as const)("uniPc, %s", (variant) => {
  test.each([
    ["to 0", [14.6, 0], 0.001],
    ["to a level above 0", [14.6, 2], 2],
  ])("one step %s asks the model once and leaves the noise", async (_, levels, last) => {
    const sigmas = new Float32Array(levels);
    const asked: number[] = [];
    const told: number[][] = [];
    const x = await uniPc({ variant })(
      run({
        x: new Float32Array([14.6, -7.3, 0]),
        sigmas,
        denoise: async (given, sigma) => {
          asked.push(sigma);
          return given.map((v) => v / 2);
        },
        callback: ({ denoised }) => void told.push([...denoised]),
      }),
    );
    expect(asked).toEqual([sigmas[0]]);
    const scale = Math.sqrt(1 + last ** 2) / Math.sqrt(1 + 14.6 ** 2);
    for (const [i, v] of [14.6, -7.3, 0].entries()) expect(x[i]).toBeCloseTo(v * scale, 5);
    expect(told).toHaveLength(1);
    expect(told[0]![0]).toBeCloseTo(7.3, 4);
  });

  test("two steps end near what the model says", async () => {
    const x = await uniPc({ variant })(
      run({
        x: new Float32Array([14.6, -7.3]),
        sigmas: new Float32Array([14.6, 2, 0]),
        denoise: async () => new Float32Array([0.5, -0.25]),
      }),
    );
    expect(x[0]).toBeCloseTo(0.5, 2);
    expect(x[1]).toBeCloseTo(-0.25, 2);
  });
});
