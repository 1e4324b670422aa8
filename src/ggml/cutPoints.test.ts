import { expect, test } from "vitest";
import { Graph } from "../tensor/graph.ts";
import { add, mulMat, silu } from "../tensor/ops/index.ts";
import type { Node } from "../tensor/program.ts";
import { cutPoints } from "./cutPoints.ts";

/** Four products of [8, 16] x [16, 16], each 2 x 8 x 16 x 16 flops, with what is cheap between them. */
const PRODUCT = 2 * 8 * 16 * 16;
const chain = (() => {
  const square = { dtype: "f32", shape: [16, 16] } as const;
  const g = new Graph({
    name: "chain",
    castWeights: false,
    weight: () => square,
    carried: () => ({ dtype: "f32", shape: [8, 16] }),
  });
  let x = g.carried("x");
  for (let i = 0; i < 4; i++) x = add(silu(mulMat(g.weight("w"), x)), x);
  g.write("y", x);
  return g.finish();
})();
const ops = (cut: number) => (chain.tensors[chain.order[cut]!] as Node).op;

test("a program below the limit is one part", () => {
  expect(cutPoints(chain)).toEqual([chain.order.length]);
  expect(cutPoints(chain, 5 * PRODUCT)).toEqual([chain.order.length]);
});

test.each([
  [1, 4],
  [PRODUCT, 4],
  [1.5 * PRODUCT, 4],
  [2 * PRODUCT, 2],
  [3 * PRODUCT, 2],
])("at %d flops a part", (flops, parts) => {
  const cuts = cutPoints(chain, flops);
  expect(cuts).toHaveLength(parts);
  expect(cuts).toEqual([...cuts].sort((a, b) => a - b));
  expect(cuts.at(-1)).toBe(chain.order.length);
  // each part but the first begins with a product
  for (const cut of cuts.slice(0, -1)) expect(ops(cut)).toBe("mulMat");
});
