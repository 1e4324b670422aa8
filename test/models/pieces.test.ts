import { afterAll, describe, expect, test } from "vitest";
import { flux2Inputs } from "../../src/models/flux2/inputs.ts";
import { openFlux2 } from "../../src/models/flux2/open.ts";
import type { Flux2Shape } from "../../src/models/flux2/shape.ts";
import { openVae } from "../../src/models/vae/open.ts";
import { openBackends } from "./backends.ts";
import { buildPass } from "./buildPass.ts";
import { runPass } from "./harness.ts";
import { sharedExists, sharedSource } from "./shared.ts";

/** Whole models, their blocks made in pieces: the bits of those made at once. */
describe.skipIf(!sharedExists)("in pieces", async () => {
  const backends = sharedExists ? await openBackends() : [];
  afterAll(async () => {
    for (const { backend } of backends) await backend.close();
  });
  const numbers = (length: number) => new Float32Array(length).map((_, i) => Math.sin(i * i));
  const differing = (a: Float32Array, b: Float32Array) =>
    a.reduce((count, value, i) => count + (Object.is(value, b[i]) ? 0 : 1), Math.abs(a.length - b.length));

  // The plain loops take minutes for this; test/ops/variants.ts holds them to the same.
  describe.each(backends.filter(({ slow }) => !slow))("$name", ({ backend }) => {
    test.each([
      ["one picture", { batch: 1 }],
      [
        "two, with references that are at another time",
        {
          batch: 2,
          references: [{ height: 6, width: 7 }],
          referenceMethod: "index_timestep_zero",
        },
      ],
    ] as const)("Flux 2: %s", { timeout: 120_000 }, async (_, more) => {
      const model = openFlux2(await sharedSource("golden/flux2/weights"));
      const shape: Flux2Shape = { height: 9, width: 10, textTokens: 50, ...more };
      const pass = model.pass(shape);
      const inputs = flux2Inputs(model.dims, shape, {
        x: numbers(shape.batch * 128 * 90),
        sigma: [0.5],
        context: numbers(50 * model.dims.context),
        references: (shape.references ?? []).map((r) => numbers(128 * r.height * r.width)),
      });
      const pieceBytes = 64 * 4 * shape.batch * 9 * model.dims.hidden;
      const nodes = (bytes?: number) => buildPass(model, pass, true, bytes).map((program) => program.order.length);
      expect(nodes(pieceBytes).filter((count, i) => count > nodes()[i]!).length).toBeGreaterThan(2);
      const [whole, pieces] = [
        await runPass(backend, model, pass, inputs),
        await runPass(backend, model, pass, inputs, { pieceBytes }),
      ];
      expect(differing(pieces["out"]!, whole["out"]!)).toBe(0);
      await model.source.close();
    });

    test("the VAE's attention", { timeout: 120_000 }, async () => {
      const model = openVae(await sharedSource("golden/vae/flux2_weights"));
      const pass = model.decode({ batch: 1, height: 6, width: 7 });
      const inputs = { latent: numbers(model.channels * 42) };
      const options = { outputs: ["decoder.mid.attn_1"] };
      const whole = await runPass(backend, model, pass, inputs, options);
      const pieces = await runPass(backend, model, pass, inputs, { ...options, pieceBytes: 64 * 4 * 168 });
      expect(differing(pieces["decoder.mid.attn_1"]!, whole["decoder.mid.attn_1"]!)).toBe(0);
      await model.source.close();
    });
  });
});
