import type { Node, Program } from "../tensor/program.ts";

/** About 20 ms on a card of 10 TFLOP/s, 0.2 s on an integrated one: what an interrupt waits for at most where a graph cannot be stopped. */
const FLOPS_PER_PART = 2e11;

/**
 * Where a program is cut for a device that cannot stop inside a graph: node counts at which a part ends, the last one being all of them. A
 * function of the program alone, never of the moment, since a device may fuse nodes inside a part and round otherwise across a cut. Parts
 * end before a product, and products are fused with nothing that comes before them; each counts the flops since the last cut.
 */
export function cutPoints(program: Program, flopsPerPart = FLOPS_PER_PART): readonly number[] {
  const { order } = program;
  const cuts: number[] = [];
  if (program.flops > flopsPerPart) {
    let flops = 0;
    for (const [i, index] of order.entries()) {
      const next = productFlops(program, program.tensors[index] as Node);
      if (next > 0 && flops > 0 && flops + next > flopsPerPart) {
        cuts.push(i);
        flops = 0;
      }
      flops += next;
    }
  }
  cuts.push(order.length);
  return cuts;
}

/** Flops of what takes the time: matrix products, attention and convolutions. */
function productFlops({ tensors }: Program, node: Node): number {
  const size = (shape: readonly number[]): number => shape.reduce((n, axis) => n * axis, 1);
  const of = (input: number): readonly number[] => tensors[node.inputs[input]!]!.shape;
  switch (node.op) {
    case "mulMat":
      return 2 * size(node.shape) * of(0).at(-1)!;
    case "conv2dDirect":
      return 2 * size(node.shape) * size(of(0).slice(1));
    case "flashAttention": // scores over the keys, then the values
      return 4 * size(node.shape) * of(1).at(-2)!;
    default:
      return 0;
  }
}
