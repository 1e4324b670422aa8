import { openVae } from "../../../src/models/vae/index.ts";
import { unpack } from "../../../src/models/vae/packing.ts";
import type { PassDef } from "../../../src/tensor/stage.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { loadModel, runPass } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { input, param } from "../params.ts";
import { decode, otherVae, pixelsTensor } from "../vaeCase.ts";

export const vaeDecode: KindRunner = {
  kind: "vae.decode",
  onDevice: true,
  skip: otherVae,
  async run(golden, device) {
    const file = golden.find(`${param(golden, "weights", "string")}.safetensors`);
    const { model, loaded } = await loadModel(device, file, openVae);
    const latent = input(golden, "latent");
    const [batch, channels, height, width] = latent.shape as [number, number, number, number];
    const inner = Object.keys(model.decode({ batch, height, width }).carried).filter((name) =>
      name.startsWith("decoder."),
    );
    const { pass, got, raw, pixels } = await decode(model, loaded, latent, inner);

    const values: Record<string, GoldenTensor> = { "out.raw": raw, "out.image": pixelsTensor(pixels) };
    for (const name of inner) {
      const tensor = { shape: pass.carried[name]!.shape, data: got[name]! };
      const short = name.slice("decoder.".length);
      values[`out.${short}`] = tensor;
      // up.3.blocks is what the level's last block gives; later blocks replace earlier ones
      values[`out.${short.replace(/\.block\.\d+$/, ".blocks")}`] = tensor;
    }
    // the unpacked latent never leaves the first stage: a pass of its own shows it
    const unpacked = { dtype: "f32", shape: [batch, channels / 4, 2 * height, 2 * width] } as const;
    const unpacking: PassDef = {
      key: `unpack ${latent.shape}`,
      carried: { latent: { dtype: "f32", shape: latent.shape }, unpacked },
      inputs: ["latent"],
      outputs: ["unpacked"],
      stages: [{ name: "unpack", build: (g) => g.write("unpacked", unpack(g, g.carried("latent"))) }],
    };
    const data = (await runPass(loaded, unpacking, { latent: latent.data as Float32Array }))["unpacked"]!;
    values["out.unpacked"] = { shape: unpacked.shape, data };
    return { values };
  },
};
