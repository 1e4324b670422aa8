import { describe, expect, test } from "vitest";
import { openFlux2 } from "../../src/models/flux2/open.ts";
import { buildPass } from "./buildPass.ts";
import { sharedExists, sharedSource } from "./shared.ts";

describe.skipIf(!sharedExists)("Flux 2's stages", () => {
  test.each([
    ["golden/flux2/weights", 2, 3],
    ["demo-models/diffusion_models/weir-demo-dit", 1, 4],
  ])("%s", async (name, doubles, singles) => {
    const source = await sharedSource(name);
    const model = openFlux2(source);
    expect(model.dims).toMatchObject({
      doubleBlocks: doubles,
      singleBlocks: singles,
      hidden: 256,
      heads: 2,
      headDim: 128,
    });
    for (const castWeights of [false, true])
      for (const batch of [1, 2]) {
        const pass = model.pass({
          batch,
          height: 3,
          width: 5,
          textTokens: 7,
          guidance: true,
          references: [{ height: 2, width: 2 }],
        });
        const programs = buildPass(model, pass, castWeights);
        expect(programs.map((p) => p.name)).toEqual(pass.stages.map((stage) => stage.name));
        // Every weight is used by one stage, and every carried tensor is written once, before it is read.
        expect(programs.flatMap((p) => p.weights).sort()).toEqual(model.weights.map((w) => w.name).sort());
        const written = new Set(pass.inputs);
        for (const p of programs) {
          expect(p.reads.filter((read) => !written.has(read))).toEqual([]);
          for (const write of p.writes) {
            expect(written.has(write)).toBe(false);
            written.add(write);
          }
        }
        expect([...written].sort()).toEqual(Object.keys(pass.carried).sort());
      }
    await source.close();
  });
});
