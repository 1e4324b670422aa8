import path from "node:path";
import { f32ToBf16 } from "../../src/formats/halfFloat.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/formats/writeSafetensors.ts";

const HIDDEN = 64;
const INNER = 128;
/** Enough that a tenth of the weights is more than a layer. */
const LAYERS = Array.from({ length: 16 }, (_, n) => n);

/** Numbers between -1 and 1 that depend on the tensor's name alone. */
function numbers(name: string, count: number, size: number): Float32Array {
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7) || 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return size * ((state >>> 0) / 2 ** 31 - 1);
  });
}

function tensor(name: string, ...shape: number[]): TensorToWrite {
  const count = shape.reduce((n, size) => n * size, 1);
  const vector = shape.length === 1;
  const values = numbers(name, count, vector ? 0.1 : 0.15);
  // norms are near 1
  const bits = f32ToBf16(vector && name.endsWith("weight") ? values.map((value) => 1 + value) : values);
  return { name, encoding: "BF16", shape, data: new Uint8Array(bits.buffer) };
}

/** Shapes of a T5 encoder of small blocks, with as many tokens as the published files have. */
export const t5Tensors = (): TensorToWrite[] => [
  tensor("shared.weight", 32_128, HIDDEN),
  tensor("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 32, 4),
  tensor("encoder.final_layer_norm.weight", HIDDEN),
  ...LAYERS.flatMap((n) => [
    ...["q", "k", "v", "o"].map((part) =>
      tensor(`encoder.block.${n}.layer.0.SelfAttention.${part}.weight`, HIDDEN, HIDDEN),
    ),
    tensor(`encoder.block.${n}.layer.0.layer_norm.weight`, HIDDEN),
    tensor(`encoder.block.${n}.layer.1.layer_norm.weight`, HIDDEN),
    tensor(`encoder.block.${n}.layer.1.DenseReluDense.wi_0.weight`, INNER, HIDDEN),
    tensor(`encoder.block.${n}.layer.1.DenseReluDense.wi_1.weight`, INNER, HIDDEN),
    tensor(`encoder.block.${n}.layer.1.DenseReluDense.wo.weight`, HIDDEN, INNER),
  ]),
];

/** The same of a CLIP of small layers. */
export const clipTensors = (): TensorToWrite[] => {
  const normed = (name: string) => [tensor(`${name}.weight`, HIDDEN), tensor(`${name}.bias`, HIDDEN)];
  const dense = (name: string, rows: number, columns: number) => [
    tensor(`${name}.weight`, rows, columns),
    tensor(`${name}.bias`, rows),
  ];
  return [
    tensor("text_model.embeddings.token_embedding.weight", 49_408, HIDDEN),
    tensor("text_model.embeddings.position_embedding.weight", 77, HIDDEN),
    ...normed("text_model.final_layer_norm"),
    ...LAYERS.flatMap((n) => {
      const layer = `text_model.encoder.layers.${n}`;
      return [
        ...["q", "k", "v", "out"].flatMap((part) => dense(`${layer}.self_attn.${part}_proj`, HIDDEN, HIDDEN)),
        ...normed(`${layer}.layer_norm1`),
        ...normed(`${layer}.layer_norm2`),
        ...dense(`${layer}.mlp.fc1`, INNER, HIDDEN),
        ...dense(`${layer}.mlp.fc2`, HIDDEN, INNER),
      ];
    }),
  ];
};

/** Writes both as Flux 1's files are called: clip_l.safetensors and t5xxl.safetensors. */
export async function writeFlux1Text(folder: string): Promise<void> {
  await writeSafetensors(path.join(folder, "clip_l.safetensors"), clipTensors());
  await writeSafetensors(path.join(folder, "t5xxl.safetensors"), t5Tensors());
}
