import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";

/** Sizes of a generated Flux 2-shaped transformer. hidden is a multiple of 128 (the head size). */
export interface Flux2Sizes {
  readonly hidden: number;
  readonly double: number;
  readonly single: number;
  /** Width of the text context. */
  readonly context: number;
}

/** The weights of such a model under their checkpoint keys, shapes as in flux2.md. */
export function flux2Shapes({ hidden: h, double, single, context }: Flux2Sizes): Record<string, number[]> {
  const shapes: Record<string, number[]> = {
    "img_in.weight": [h, 128],
    "txt_in.weight": [h, context],
    "time_in.in_layer.weight": [h, 256],
    "time_in.out_layer.weight": [h, h],
    "double_stream_modulation_img.lin.weight": [6 * h, h],
    "double_stream_modulation_txt.lin.weight": [6 * h, h],
    "single_stream_modulation.lin.weight": [3 * h, h],
    "final_layer.linear.weight": [128, h],
    "final_layer.adaLN_modulation.1.weight": [2 * h, h],
  };
  for (let i = 0; i < double; i++)
    for (const side of ["img", "txt"]) {
      const p = `double_blocks.${i}.${side}`;
      shapes[`${p}_attn.qkv.weight`] = [3 * h, h];
      shapes[`${p}_attn.proj.weight`] = [h, h];
      shapes[`${p}_attn.norm.query_norm.scale`] = [128];
      shapes[`${p}_attn.norm.key_norm.scale`] = [128];
      shapes[`${p}_mlp.0.weight`] = [6 * h, h];
      shapes[`${p}_mlp.2.weight`] = [h, 3 * h];
    }
  for (let i = 0; i < single; i++) {
    const p = `single_blocks.${i}`;
    shapes[`${p}.linear1.weight`] = [9 * h, h];
    shapes[`${p}.linear2.weight`] = [h, 4 * h];
    shapes[`${p}.norm.query_norm.scale`] = [128];
    shapes[`${p}.norm.key_norm.scale`] = [128];
  }
  return shapes;
}

/** Writes such a model in bf16 with small weights that depend on the seed alone. */
export async function writeFlux2File(path: string, sizes: Flux2Sizes, seed = 1): Promise<void> {
  let state = seed >>> 0 || 1;
  const random = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const one = new Float32Array(1);
  const bits = new Uint32Array(one.buffer);
  await writeSafetensors(
    path,
    Object.entries(flux2Shapes(sizes)).map(([name, shape]) => {
      const values = new Uint16Array(shape.reduce((n, size) => n * size, 1));
      const spread = shape.length === 1 ? 0.1 : 1 / Math.sqrt(shape[1]!);
      for (let i = 0; i < values.length; i++) {
        one[0] = (shape.length === 1 ? 1 : 0) + (random() - 0.5) * 2 * spread;
        values[i] = bits[0]! >>> 16;
      }
      return { name, encoding: "BF16" as const, shape, data: new Uint8Array(values.buffer) };
    }),
  );
}
