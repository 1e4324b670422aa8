import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { availableBackends, type OpenDevice } from "../backends.ts";
import { runCase } from "./runCase.ts";
import { VARIANTS } from "./variants.ts";

for (const { name, open } of await availableBackends())
  describe(name, () => {
    let device: OpenDevice;
    beforeAll(async () => {
      device = await open();
    });
    afterAll(() => device.backend.close());

    test.each(VARIANTS)("$name: the bits of the whole", async ({ name, inputs, shape, whole, pieces }) => {
      const run = (build: typeof whole) =>
        runCase(device, { op: name, name, inputs, shape, build, castWeights: false, expected: () => 0 });
      const [one, many] = [await run(whole), await run(pieces)];
      expect(one.some((value) => value !== 0)).toBe(true);
      // counted: a failure must not print thousands of values
      expect(many.length).toBe(one.length);
      expect(many.reduce((different, value, i) => different + (Object.is(value, one[i]) ? 0 : 1), 0)).toBe(0);
    });
  });
