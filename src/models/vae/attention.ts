import {
  add,
  concat,
  cont,
  type Graph,
  linear,
  mulMat,
  permute,
  reshape,
  slice,
  softMax,
  type Tensor,
} from "../../tensor/index.ts";

/** Scores of so many bytes are made at a time: all of them at once would be 1 GiB for a picture of 1024 x 1024. */
const SCORE_BYTES = 64 * 2 ** 20;

/**
 * One-head attention among all pixels: x + proj_out(attend(y)), y the normed x, [batch, width, height, pixels across]. Queries go in
 * chunks, chosen by shape alone. Not by the fused kernel: a head of 512 values is too wide for it on some devices.
 */
export function attention(g: Graph, name: string, y: Tensor, x: Tensor): Tensor {
  const [batch, width, high, wide] = x.shape as [number, number, number, number];
  const pixels = high * wide;
  const turned = (t: Tensor) => cont(permute(t, [0, 2, 1]));
  const part = (t: Tensor, side: string) =>
    linear(t, g.weight(`${name}.${side}.weight`), g.weight(`${name}.${side}.bias`));
  const tokens = turned(reshape(y, [batch, width, pixels]));
  const q = part(tokens, "q"); // [batch, pixels, width]
  const k = part(tokens, "k");
  const v = turned(part(tokens, "v")); // [batch, width, pixels]
  const rows = Math.max(1, Math.floor(SCORE_BYTES / (4 * batch * pixels)));
  const chunks: Tensor[] = [];
  for (let first = 0; first < pixels; first += rows) {
    const some = slice(q, 1, first, Math.min(rows, pixels - first));
    chunks.push(mulMat(v, softMax(mulMat(k, some), width ** -0.5)));
  }
  return add(x, reshape(turned(part(joined(chunks), "proj_out")), x.shape));
}

/** Concatenates along tokens, in pairs, so that each value is copied log(n) times and not n times. */
function joined(chunks: readonly Tensor[]): Tensor {
  if (chunks.length === 1) return chunks[0]!;
  const half = Math.ceil(chunks.length / 2);
  return concat(joined(chunks.slice(0, half)), joined(chunks.slice(half)), 1);
}
