import { describe, expect, test } from "vitest";
import { openFlux2 } from "../../src/models/flux2/open.ts";
import { openTextEncoder } from "../../src/models/text/open.ts";
import { openVae } from "../../src/models/vae/open.ts";
import { checkStages } from "./checkStages.ts";
import { sharedExists, sharedSource } from "./shared.ts";

describe.skipIf(!sharedExists)("stages", () => {
  test.each([
    ["golden/flux2/weights", 2, 3],
    ["demo-models/diffusion_models/weir-demo-dit", 1, 4],
  ])("Flux 2: %s", async (name, doubleBlocks, singleBlocks) => {
    const source = await sharedSource(name);
    const model = openFlux2(source);
    expect(model.dims).toMatchObject({ doubleBlocks, singleBlocks, hidden: 256, heads: 2, headDim: 128 });
    for (const batch of [1, 2]) {
      const references = batch === 2 ? [{ height: 2, width: 2 }] : [];
      const used = checkStages(
        model,
        model.pass({ batch, height: 3, width: 5, textTokens: 7, guidance: true, references }),
      );
      expect(used).toEqual(model.weights.map((w) => w.name).sort());
    }
    await source.close();
  });

  test.each(["golden/vae/flux2_weights", "demo-models/vae/weir-demo-vae"])("VAE: %s", async (name) => {
    const source = await sharedSource(name);
    const model = openVae(source);
    expect({ channels: model.channels, cell: model.cell }).toEqual({ channels: 128, cell: 16 });
    for (const batch of [1, 2]) {
      const decoded = checkStages(model, model.decode({ batch, height: 2, width: 3 }));
      const encoded = checkStages(model, model.encode({ batch, height: 2, width: 3 }));
      expect(new Set([...decoded, ...encoded])).toEqual(new Set(model.weights.map((w) => w.name)));
    }
    await source.close();
  });

  test.each([
    ["golden/text/qwen3_weights", 256],
    ["demo-models/text_encoders/weir-demo-te", 464],
  ])("text encoder: %s", async (name, vocabulary) => {
    const source = await sharedSource(name);
    const model = openTextEncoder(source);
    expect(model.dims).toEqual({
      family: "qwen3",
      vocabulary,
      hidden: 128,
      heads: 4,
      kvHeads: 2,
      headDim: 32,
      inner: 256,
      layers: 4,
    });
    expect(model.taps).toEqual([1, 2, 3]);
    const pass = model.pass(9);
    expect(pass.stages.map((stage) => stage.name)).toEqual(["layers.0", "layers.1", "layers.2"]);
    expect(checkStages(model, pass)).toEqual(model.weights.map((w) => w.name).sort());
    await source.close();
  });
});
