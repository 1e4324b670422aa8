import { expect, test } from "vitest";
import {
  add,
  cast,
  conv2d,
  Graph,
  linear,
  type Node,
  type Program,
  permute,
  slice,
  type TensorSpec,
  unflatten,
} from "./index.ts";

const f32 = (...shape: number[]): TensorSpec => ({ dtype: "f32", shape });

function graph(weights: Record<string, TensorSpec>, carried: Record<string, TensorSpec>, castWeights = false): Graph {
  return new Graph({ name: "stage", weight: (name) => weights[name], carried: (name) => carried[name], castWeights });
}

/** One node a line: op, shape, strides in bytes, and for views the owner and the byte it starts at. */
const lines = ({ tensors, order }: Program): string =>
  order
    .map((index) => {
      const { op, shape, strides, viewOf, viewOffset } = tensors[index] as Node;
      const owner = viewOf === undefined ? undefined : tensors[viewOf]!;
      const seen = owner && ` of ${owner.kind === "node" ? owner.op : owner.name} + ${viewOffset}`;
      return `${op} [${shape}] by [${strides}]${seen ?? ""}`;
    })
    .join("\n");

test("views of views look at the owner", () => {
  const g = graph({}, { x: f32(2, 5, 24), y: f32(2, 2, 5, 4) });
  g.write("y", permute(unflatten(slice(g.carried("x"), 2, 8, 8), 2, [2, 4]), [0, 2, 1, 3]));
  expect(lines(g.finish())).toMatchInlineSnapshot(`
    "view [2,5,8] by [480,96,4] of x + 32
    view [2,5,2,4] by [480,96,16,4] of x + 32
    permute [2,2,5,4] by [480,16,96,4] of x + 32
    copy [2,2,5,4] by [160,80,16,4] of y + 0"
  `);
});

test("casting weights is part of the graph", () => {
  const g = graph({ w: { dtype: "q8_0", shape: [5, 32] }, b: f32(5) }, { x: f32(3, 32), y: f32(3, 5) }, true);
  g.write("y", linear(g.carried("x"), g.weight("w"), g.weight("b")));
  const program = g.finish();
  expect(lines(program)).toMatchInlineSnapshot(`
    "cast [5,32] by [128,4]
    mulMat [3,5] by [20,4]
    add [3,5] by [20,4]
    copy [3,5] by [20,4] of y + 0"
  `);
  expect(program).toMatchObject({ weights: ["w", "b"], reads: ["x"], writes: ["y"], flops: 2 * 3 * 5 * 32 + 15 });
});

test("a layer's own terms are applied where its weight is multiplied, cast or not", () => {
  const weights = { w: { dtype: "q8_0", shape: [5, 32] }, s: f32(5), a: f32(2, 32), b: f32(5, 2) } as const;
  for (const castWeights of [false, true]) {
    const g: Graph = new Graph({
      name: "stage",
      weight: (name) => weights[name as keyof typeof weights],
      carried: (name) => ({ x: f32(3, 32), y: f32(3, 5) })[name],
      castWeights,
      terms: (name) =>
        name === "w"
          ? { scale: "s", adapt: (x, y) => add(y, linear(linear(x, g.weight("a")), g.weight("b"))) }
          : undefined,
    });
    const w = castWeights ? cast(g.weight("w"), "f32") : g.weight("w");
    g.write("y", linear(g.carried("x"), w));
    const program = g.finish();
    expect(program.weights).toEqual(["w", "s", "b", "a"]);
    expect(program.order.map((index) => (program.tensors[index] as Node).op).join(" ")).toBe(
      `${castWeights ? "cast " : ""}mulMat mul mulMat mulMat add copy`,
    );
  }
});

test("some rows of a weight have those rows' terms; any other part of it is refused", () => {
  const weights = { w: { dtype: "f16", shape: [5, 32] }, s: f32(5) } as const;
  for (const castWeights of [false, true]) {
    const firsts: number[] = [];
    const g: Graph = new Graph({
      name: "stage",
      weight: (name) => weights[name as keyof typeof weights],
      carried: (name) => ({ x: f32(3, 32), half: f32(3, 16), y: f32(3, 2) })[name],
      castWeights,
      terms: (name) =>
        name !== "w"
          ? undefined
          : {
              scale: "s",
              adapt(x, y, { first, product }) {
                firsts.push(first);
                return add(y, product(x));
              },
            },
    });
    const w = castWeights ? cast(g.weight("w"), "f32") : g.weight("w");
    g.write("y", linear(g.carried("x"), slice(slice(w, 0, 1, 4), 0, 2, 2)));
    expect(firsts).toEqual([3]);
    const program = g.finish();
    const scales = program.tensors.filter((t) => t.kind === "node" && t.op === "view" && t.shape.length === 1);
    expect(scales.map((t) => (t as Node).viewOffset)).toEqual([12, 12]);
    expect(() => linear(g.carried("half"), slice(w, 1, 16, 16))).toThrow("must be whole rows");
  }
});

test("a vector is patched once, and the weights of the patch are the stage's", () => {
  const g: Graph = new Graph({
    name: "stage",
    weight: () => f32(4),
    carried: () => f32(3, 4),
    castWeights: false,
    terms: (name) => (name === "b" ? { patch: (w) => add(w, g.weight("delta")) } : undefined),
  });
  expect(g.weight("b")).toBe(g.weight("b"));
  g.write("y", add(add(g.carried("x"), g.weight("b")), g.weight("b")));
  const program = g.finish();
  expect(program.weights).toEqual(["b", "delta"]);
  expect(program.order.map((index) => (program.tensors[index] as Node).op).join(" ")).toBe("add add add copy");
  const wrong: Graph = new Graph({
    name: "stage",
    weight: () => f32(4),
    carried: () => f32(3, 4),
    castWeights: false,
    terms: () => ({ patch: () => wrong.carried("x") }),
  });
  expect(() => wrong.weight("b")).toThrow("stage: b is [4], patched to [3,4] f32");
});

test("a scale that fits neither one row nor all is refused", () => {
  const g = new Graph({
    name: "stage",
    weight: (name) => (name === "w" ? f32(5, 4) : f32(3)),
    carried: () => f32(2, 4),
    castWeights: false,
    terms: () => ({ scale: "s" }),
  });
  expect(() => linear(g.carried("x"), g.weight("w"))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: stage.linear: scale [3] f32, expected [5] or [1]]`,
  );
});

test("which convolution follows from the shapes", () => {
  const ops = (x: number[], w: number[]) => {
    const g = graph({ w: f32(...w) }, { x: f32(...x), y: f32(x[0]!, w[0]!, x[2]!, x[3]!) });
    g.write("y", conv2d(g.carried("x"), g.weight("w"), undefined, { padding: (w[2]! - 1) / 2 }));
    const { tensors, order } = g.finish();
    return order.map((index) => (tensors[index] as Node).op).join(" ");
  };
  expect(ops([1, 4, 8, 8], [4, 4, 3, 3])).toBe("im2col reshape reshape mulMat reshape copy");
  expect(ops([1, 4, 8, 8], [4, 4, 1, 1])).toBe("conv2dDirect copy");
  expect(ops([2, 4, 8, 8], [4, 4, 3, 3])).toBe("conv2dDirect copy");
  expect(ops([1, 128, 512, 512], [4, 128, 3, 3])).toBe("conv2dDirect copy");
});

test("what nothing needs is not in the program", () => {
  const g = graph({ w: f32(4, 4) }, { x: f32(4), y: f32(4) });
  linear(g.carried("x"), g.weight("w"));
  g.write("y", add(g.carried("x"), g.carried("x")));
  expect(g.finish()).toMatchObject({ weights: [], flops: 4 });
});

test("leaves and writes are checked", () => {
  const g = graph({}, { x: f32(4), y: f32(4), ids: { dtype: "i32", shape: [4] } });
  const x = g.carried("x");
  expect(() => g.weight("w")).toThrowErrorMatchingInlineSnapshot(`[ShapeError: stage: there is no weight "w"]`);
  expect(() => g.carried("z")).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: stage: there is no carried tensor "z"]`,
  );
  expect(() => g.write("z", x)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: stage: the pass carries no tensor "z"]`,
  );
  expect(() => g.write("x", x)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: stage: x is both read and written; carried tensors are written once]`,
  );
  expect(() => g.write("ids", x)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: stage: ids is i32, written with f32]`,
  );
  expect(() => g.write("y", unflatten(x, 0, [2, 2]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: stage: y is [4], written with [2,2]]`,
  );
  g.write("y", x);
  expect(() => g.carried("y")).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: stage: y is read after it was written]`,
  );
});
