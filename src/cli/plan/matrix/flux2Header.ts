import type { TensorEntry, WeightSource } from "../../../formats/weightSource.ts";

/** Sizes of a published Flux 2 transformer, heads of 128. Source: the published files' headers. */
export interface Flux2Release {
  readonly name: string;
  readonly hidden: number;
  readonly double: number;
  readonly single: number;
  readonly context: number;
  readonly guidance: boolean;
}

export const FLUX2_DEV: Flux2Release = {
  name: "Flux 2 dev",
  hidden: 6144,
  double: 8,
  single: 48,
  context: 15360,
  guidance: true,
};
export const KLEIN_9B: Flux2Release = {
  name: "Flux 2 klein 9B",
  hidden: 4096,
  double: 8,
  single: 24,
  context: 12288,
  guidance: false,
};
export const KLEIN_4B: Flux2Release = {
  name: "Flux 2 klein 4B",
  hidden: 3072,
  double: 5,
  single: 20,
  context: 7680,
  guidance: false,
};

/** A release as a file of bf16 that is all header: enough for what opens models. It has no bytes to read. */
export function flux2Header({ name, hidden: h, double, single, context, guidance }: Flux2Release): WeightSource {
  const tensors = new Map<string, TensorEntry>();
  let offset = 0;
  const add = (key: string, ...shape: number[]): void => {
    const bytes = 2 * shape.reduce((n, size) => n * size, 1);
    tensors.set(key, { name: key, encoding: "BF16", shape, offset, bytes });
    offset += bytes;
  };
  add("img_in.weight", h, 128);
  add("txt_in.weight", h, context);
  for (const part of guidance ? ["time_in", "guidance_in"] : ["time_in"]) {
    add(`${part}.in_layer.weight`, h, 256);
    add(`${part}.out_layer.weight`, h, h);
  }
  add("double_stream_modulation_img.lin.weight", 6 * h, h);
  add("double_stream_modulation_txt.lin.weight", 6 * h, h);
  add("single_stream_modulation.lin.weight", 3 * h, h);
  for (let n = 0; n < double; n++)
    for (const stream of ["img", "txt"]) {
      const block = `double_blocks.${n}.${stream}`;
      add(`${block}_attn.qkv.weight`, 3 * h, h);
      add(`${block}_attn.proj.weight`, h, h);
      add(`${block}_attn.norm.query_norm.scale`, 128);
      add(`${block}_attn.norm.key_norm.scale`, 128);
      add(`${block}_mlp.0.weight`, 6 * h, h);
      add(`${block}_mlp.2.weight`, h, 3 * h);
    }
  for (let n = 0; n < single; n++) {
    const block = `single_blocks.${n}`;
    add(`${block}.linear1.weight`, 9 * h, h);
    add(`${block}.linear2.weight`, h, 4 * h);
    add(`${block}.norm.query_norm.scale`, 128);
    add(`${block}.norm.key_norm.scale`, 128);
  }
  add("final_layer.adaLN_modulation.1.weight", 2 * h, h);
  add("final_layer.linear.weight", 128, h);
  return {
    path: name,
    fileBytes: offset,
    identity: name,
    tensors,
    metadata: {},
    read: () => Promise.reject(new Error(`invariant: ${name} is a header and has no bytes`)),
    close: () => Promise.resolve(),
  };
}
