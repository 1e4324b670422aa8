import { openGguf } from "../../../src/formats/gguf/gguf.ts";
import { readFloat32 } from "../../../src/formats/readFloat32.ts";
import { flux2Inputs, openFlux2 } from "../../../src/models/flux2/index.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type GoldenDevice, runPass } from "../goldenDevice.ts";
import type { KindRunner, Outputs } from "../kindRunner.ts";
import { floats, input, param } from "../params.ts";

/** A GGUF file: its tensors as f32, or the forward pass of the transformer it holds. */
export const quantGgufFile: KindRunner = {
  kind: "quant.gguf_file",
  onDevice: true,
  async run(golden, device) {
    const source = await openGguf(golden.find(param(golden, "file", "string")));
    if (golden.outputs.has("out.final")) return forward(golden, device, source);
    try {
      if (source.architecture !== golden.params["architecture"]) throw new Error(`it is a ${source.architecture}`);
      for (const { name, type, shape_in_file, bytes, data_offset } of golden.params["tensors_in_file"] as Listed[]) {
        const { encoding, shape, ...entry } = source.tensors.get(name)!;
        const mine = JSON.stringify([encoding, shape.toReversed(), entry.bytes, entry.offset]);
        const wanted = JSON.stringify([type, shape_in_file, bytes, data_offset]);
        if (mine !== wanted) throw new Error(`${name} is ${mine}, expected ${wanted}`);
      }
      const keys = (golden.params["metadata_keys"] as string[]).filter((key) => !key.startsWith("GGUF."));
      const missing = keys.filter((key) => !source.values.has(key));
      if (missing.length > 0) throw new Error(`metadata ${missing} is missing`);
      const values: Record<string, GoldenTensor> = {};
      for (const { name, shape } of source.tensors.values())
        values[`out.${name}`] = { shape, data: await readFloat32(source, name) };
      return { values };
    } finally {
      await source.close();
    }
  },
};

interface Listed {
  readonly name: string;
  readonly type: string;
  readonly shape_in_file: readonly number[];
  readonly bytes: number;
  readonly data_offset: number;
}

async function forward(
  golden: GoldenCase,
  device: GoldenDevice,
  source: Awaited<ReturnType<typeof openGguf>>,
): Promise<Outputs> {
  const loaded = (await device.runtime()).load(openFlux2(source));
  const model = loaded.model as ReturnType<typeof openFlux2>;
  const [batch, channels, height, width] = input(golden, "x").shape as [number, number, number, number];
  const shape = { batch, height, width, textTokens: input(golden, "context").shape[1]! };
  const given = { x: floats(golden, "x"), sigma: floats(golden, "timestep"), context: floats(golden, "context") };
  const got = await runPass(loaded, model.pass(shape), flux2Inputs(model.dims, shape, given));
  return { values: { "out.final": { shape: [batch, channels, height, width], data: got["out"]! } } };
}
