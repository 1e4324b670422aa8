import { afterAll, describe, expect, test } from "vitest";
import {
  type Flux2Shape,
  flux2Inputs,
  flux2ModulationInputs,
  flux2StepInputs,
  MODULATIONS,
  openFlux2,
} from "../../src/models/flux2/index.ts";
import { openBackends } from "./backends.ts";
import { runPass } from "./harness.ts";
import { sharedExists, sharedSource } from "./shared.ts";

/**
 * What times make of the layers, computed before the steps: the bits that a whole pass computes, so that a step may be either. The goldens hold
 * the whole pass.
 */
describe.skipIf(!sharedExists)("modulation ahead of the steps", async () => {
  const backends = sharedExists ? await openBackends() : [];
  afterAll(async () => {
    for (const { backend } of backends) await backend.close();
  });
  const numbers = (length: number, seed: number) => new Float32Array(length).map((_, i) => Math.sin(i * i + seed));
  const bits = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const cases: readonly (readonly [string, Partial<Flux2Shape>])[] = [
    ["without guidance", {}],
    ["with guidance", { guidance: true }],
    ["a batch", { batch: 2, guidance: true }],
    [
      "references as finished pictures: two moments",
      { guidance: true, references: [{ height: 2, width: 1 }], referenceMethod: "index_timestep_zero" },
    ],
    ["other references", { batch: 2, references: [{ height: 1, width: 2 }], referenceMethod: "offset" }],
  ];

  describe.each(backends)("$name", ({ backend }) => {
    test.each(cases)("%s", { timeout: 300_000 }, async (_, more) => {
      const model = openFlux2(await sharedSource("golden/flux2/weights"));
      const shape: Flux2Shape = { batch: 1, height: 2, width: 3, textTokens: 4, ...more };
      for (const castWeights of [true, false]) {
        for (const sigma of [1, 0.73, 1e-3]) {
          const values = {
            x: numbers(shape.batch * 128 * 6, sigma),
            sigma: [sigma],
            guidance: [3.5 * sigma],
            context: numbers(4 * model.dims.context, 1),
            references: (shape.references ?? []).map((r) => numbers(128 * r.height * r.width, 2)),
          };
          const inputs = flux2Inputs(model.dims, shape, values);
          const options = { castWeights, outputs: [...MODULATIONS, "out"] };
          const whole = await runPass(backend, model, model.pass(shape), inputs, options);
          const row = await runPass(
            backend,
            model,
            model.modulation(shape),
            flux2ModulationInputs(model.dims, shape, values),
            { castWeights },
          );
          const steps = await runPass(
            backend,
            model,
            model.steps(shape),
            { ...flux2StepInputs(model.dims, shape, values), ...row },
            { castWeights },
          );
          for (const name of MODULATIONS) expect(bits(row[name]!).equals(bits(whole[name]!)), name).toBe(true);
          expect(bits(steps["out"]!).equals(bits(whole["out"]!))).toBe(true);
          expect(new Set(steps["out"]).size).toBeGreaterThan(100);
        }
      }
      await model.source.close();
    });
  });

  test("no weight of it is one of the steps', and together they are all", async () => {
    const model = openFlux2(await sharedSource("golden/flux2/weights"));
    const shape: Flux2Shape = { batch: 1, height: 2, width: 3, textTokens: 4, guidance: true };
    expect(model.modulation(shape).stages.map(({ name }) => name)).toEqual(["modulation"]);
    expect(model.pass(shape).stages.map(({ name }) => name)).toEqual([
      "modulation",
      ...model.steps(shape).stages.map(({ name }) => name),
    ]);
    await model.source.close();
  });
});
