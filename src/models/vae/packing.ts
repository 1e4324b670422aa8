import {
  add,
  cont,
  div,
  type Graph,
  mul,
  permute,
  reshape,
  scale,
  sqrt,
  sub,
  type Tensor,
} from "../../tensor/index.ts";

const EPS = 1e-4;

/**
 * Packed latents are normed by statistics over their channels. That is done in the graph and not on the host: the statistics are weights
 * like others, and nothing has to be read from the file beside what the residency reads.
 */
function statistics(g: Graph): { mean: Tensor; deviation: Tensor } {
  const vector = (t: Tensor) => reshape(t, [t.shape[0]!, 1, 1]);
  return {
    mean: vector(g.weight("bn.running_mean")),
    deviation: vector(sqrt(scale(g.weight("bn.running_var"), 1, EPS))),
  };
}

/** Packed, normed latent [n, 4c, h, w] -> [n, c, 2h, 2w]: channel 4c + 2i + j goes to row 2y + i, column 2x + j. */
export function unpack(g: Graph, z: Tensor): Tensor {
  const [n, packed, h, w] = z.shape as [number, number, number, number];
  const { mean, deviation } = statistics(g);
  const plain = add(mul(z, deviation), mean);
  const columns = cont(permute(reshape(plain, [(n * packed) / 2, 2, h, w]), [0, 2, 3, 1])); // [n c i, h, w, j]
  const rows = cont(permute(reshape(columns, [(n * packed) / 4, 2, h, 2 * w]), [0, 2, 1, 3])); // [n c, h, i, 2w]
  return reshape(rows, [n, packed / 4, 2 * h, 2 * w]);
}

/** The way back: [n, c, 2h, 2w] contiguous -> [n, 4c, h, w], normed. */
export function pack(g: Graph, z: Tensor): Tensor {
  const [n, c, height, width] = z.shape as [number, number, number, number];
  const [h, w] = [height / 2, width / 2];
  const rows = cont(permute(reshape(z, [n * c, h, 2, width]), [0, 2, 1, 3])); // [n c, i, h, 2w]
  const columns = cont(permute(reshape(rows, [n * c * 2, h, w, 2]), [0, 3, 1, 2])); // [n c i, j, h, w]
  const { mean, deviation } = statistics(g);
  return div(sub(reshape(columns, [n, 4 * c, h, w]), mean), deviation);
}
