import {
  add,
  cont,
  type Graph,
  inPieces,
  linear,
  mulMat,
  permute,
  pieceRows,
  reshape,
  slice,
  softMax,
  type Tensor,
} from "../../tensor/index.ts";

/**
 * One-head attention among all pixels: x + proj_out(attend(y)), y the normed x, [batch, width, height, pixels across]. Queries go in
 * pieces: all scores at once would be 1 GiB for a picture of 1024 x 1024. Not by the fused kernel: a head of 512 values is too wide for it on some devices.
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
  const attended = inPieces(pixels, pieceRows(g, pixels, 4 * batch * pixels), (first, length) =>
    mulMat(v, softMax(mulMat(k, cont(slice(q, 1, first, length))), width ** -0.5)),
  );
  return add(x, reshape(turned(part(attended, "proj_out")), x.shape));
}
