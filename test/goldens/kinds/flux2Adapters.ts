import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openSafetensors } from "../../../src/formats/safetensors.ts";
import { writeSafetensors } from "../../../src/formats/writeSafetensors.ts";
import { loadFlux2 } from "../flux2Case.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import type { GoldenDevice } from "../goldenDevice.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { addLora, effectiveRows, forward } from "../loraCase.ts";
import { param } from "../params.ts";

const LAYER = "double_blocks.0.img_attn.proj.weight";

/** Every kind of adapter and every spelling, each as a file of its own. */
export const flux2Adapters: KindRunner = {
  kind: "flux2.adapters",
  onDevice: true,
  async run(golden, device: GoldenDevice) {
    const { model, loaded } = await loadFlux2(golden, device);
    const folder = await mkdtemp(path.join(tmpdir(), "weir-adapters-"));
    const values: Record<string, GoldenTensor> = {};
    try {
      for (const name of namesOf(golden)) {
        const file = path.join(folder, `${name}.safetensors`);
        await writeSafetensors(file, tensorsOf(golden, name));
        const strength = param(golden, "strength", "number");
        const source = await openSafetensors(file);
        const { adapters, patches } = await addLora(device, model, undefined, source, strength);
        values[`patches ${name}`] = row([patches]);
        values[`out.${name}`] = await forward(golden, model, loaded, adapters);
        const layer = name === "linear1_qkv" ? "single_blocks.0.linear1.weight" : LAYER;
        values[`out.${name}.merged_rows_0_6`] = await effectiveRows(model, loaded, adapters, layer, 6);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return { values };
  },
  expected: (golden) =>
    Object.fromEntries(
      Object.entries(golden.params["patches_loaded"] as Readonly<Record<string, number>>).map(([name, count]) => [
        `patches ${name}`,
        row([count]),
      ]),
    ),
};

const namesOf = (golden: GoldenCase): readonly string[] => Object.keys(golden.params["patches_loaded"] as object);

function tensorsOf(golden: GoldenCase, name: string) {
  return [...golden.inputs].flatMap(([input, { shape, data }]) => {
    const [owner, key] = input.split("::");
    if (owner !== name || key === undefined) return [];
    const values = data as Float32Array;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return [{ name: key, encoding: "F32" as const, shape, data: bytes }];
  });
}
