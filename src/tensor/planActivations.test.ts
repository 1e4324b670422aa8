import { expect, test } from "vitest";
import {
  add,
  Graph,
  mul,
  mulMat,
  type Node,
  norm,
  permute,
  planActivations,
  reshape,
  scale,
  silu,
  slice,
  type Tensor,
} from "./index.ts";

/** Plans what `build` makes of x, a carried [4, 8] f32 (128 bytes): one line per node with memory of its own, then the sum. */
function plan(build: (x: Tensor, g: Graph) => Tensor, options = { alignment: 32 }): string {
  let written: readonly number[] = [];
  const g = new Graph({
    name: "stage",
    weight: () => ({ dtype: "f16", shape: [24, 8] }),
    carried: (name) => ({ dtype: "f32", shape: name === "x" ? [4, 8] : written }),
    castWeights: false,
  });
  const y = build(g.carried("x"), g);
  written = y.shape;
  g.write("y", y);
  const program = g.finish();
  const { bytes, offsets } = planActivations(program, options);
  const lines = [...offsets].map(([index, offset]) => `${(program.tensors[index] as Node).op} at ${offset}`);
  return [...lines, `${bytes} bytes`].join(", ");
}

test("an elementwise chain lies in one place", () => {
  expect(plan((x) => silu(scale(add(x, x), 2)))).toBe("add at 0, scale at 0, silu at 0, 128 bytes");
});

test("carried tensors are never taken over", () => {
  expect(plan((x) => silu(x))).toBe("silu at 0, 128 bytes");
});

test("norm needs a place of its own, and gives back its operand's", () => {
  expect(plan((x) => norm(norm(norm(x, 0), 0), 0))).toBe("norm at 0, norm at 128, norm at 0, 256 bytes");
});

test("a value that is read again is not taken over", () => {
  expect(
    plan((x) => {
      const y = silu(x);
      return mul(scale(y, 2), y);
    }),
  ).toBe("silu at 0, scale at 128, mul at 128, 256 bytes");
});

test("a value stays while something looks at it", () => {
  expect(
    plan((x, g) => {
      const row = mulMat(g.weight("w"), x); // [4, 24]: q, k, v
      const [q, k] = [norm(slice(row, 1, 0, 8), 0), norm(slice(row, 1, 8, 8), 0)];
      return add(mul(q, k), slice(row, 1, 16, 8));
    }),
  ).toBe("mulMat at 0, norm at 384, norm at 512, mul at 384, add at 384, 640 bytes");
});

test("nothing is taken over through a view", () => {
  expect(plan((x) => silu(reshape(silu(x), [32])))).toBe("silu at 0, silu at 128, 256 bytes");
  expect(plan((x) => silu(permute(silu(reshape(x, [1, 32])), [0, 1])))).toBe("silu at 0, silu at 128, 256 bytes");
});

test("sizes are rounded up to the alignment", () => {
  expect(plan((x) => norm(norm(slice(x, 0, 0, 1), 0), 0), { alignment: 256 })).toBe(
    "norm at 0, norm at 256, 512 bytes",
  );
});
