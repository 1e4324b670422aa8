import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { availableBackends, type OpenDevice } from "../backends.ts";
import { CASES } from "./cases.ts";
import { expectedNumbers, type OpCase } from "./opCase.ts";
import { runCase } from "./runCase.ts";
import { tolerance } from "./tolerances.ts";

/** Root mean square of the difference over that of what is wanted. */
function relativeError(got: Float32Array, want: Float64Array): number {
  let difference = 0;
  let whole = 0;
  for (const [i, value] of want.entries()) {
    difference += (got[i]! - value) ** 2;
    whole += value ** 2;
  }
  return Math.sqrt(difference / (whole || 1));
}

/** The encoding that decides an op's rounding: that of its weight, unless the graph casts it. */
const operandOf = ({ inputs, castWeights }: OpCase) =>
  castWeights ? "f32" : (Object.values(inputs).find(({ dtype }) => dtype !== "f32" && dtype !== "i32")?.dtype ?? "f32");

for (const { name, open } of await availableBackends())
  describe(name, () => {
    let device: OpenDevice;
    beforeAll(async () => {
      device = await open();
    });
    afterAll(() => device.backend.close());

    test.each(CASES.map((c) => ({ ...c, title: `${c.op}: ${c.name}` })))("$title", async (c) => {
      const got = await runCase(device, c);
      const want = expectedNumbers(c);
      expect(got.length).toBe(want.length);
      expect(relativeError(got, want)).toBeLessThanOrEqual(tolerance(device.backend.info.kind, c.op, operandOf(c)));
    });
  });
