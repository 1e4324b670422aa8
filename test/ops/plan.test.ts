import { afterAll, describe, expect, test } from "vitest";
import {
  add,
  byteLength,
  concat,
  cont,
  flashAttention,
  Graph,
  mul,
  mulMat,
  type Node,
  neg,
  norm,
  type Program,
  permute,
  planActivations,
  reshape,
  rmsNorm,
  scale,
  silu,
  slice,
  softMax,
  swiglu,
  type Tensor,
  unflatten,
} from "../../src/tensor/index.ts";
import { availableBackends } from "../backends.ts";
import { CASES } from "./cases.ts";
import { random } from "./operands.ts";
import { programOf } from "./runCase.ts";

/*
 * The planner in tensor/ against ggml's own allocator, to the byte: every case of the op table, and random graphs in which places are reused,
 * taken over, shared and viewed.
 */

const WIDTH = 8;

/**
 * A random graph over tensors [2, rows, 8]: each step applies an op to tensors made before, recent ones more often, so that some die early,
 * some late, and some are read twice or through views.
 */
function randomProgram(seed: number): Program {
  const next = random(seed);
  const pick = (n: number): number => Math.floor(next() * n);
  const rows = [3, 6, 40];
  const g = new Graph({
    name: `random ${seed}`,
    weight: (name) => (name === "w" ? { dtype: "f16", shape: [WIDTH, WIDTH] } : undefined),
    carried: (name) => {
      const size = /^in(\d+)$/.exec(name) ?? /^out\d+x(\d+)$/.exec(name);
      return size ? { dtype: "f32", shape: [2, Number(size[1]), WIDTH] } : undefined;
    },
    castWeights: seed % 2 === 0,
  });
  const made: Tensor[] = rows.map((n) => g.carried(`in${n}`));
  const any = (): Tensor => made[Math.max(0, made.length - 1 - pick(1 + pick(made.length)))]!;
  const like = (t: Tensor): Tensor => {
    const same = made.filter((other) => other.shape.join() === t.shape.join());
    return same[pick(same.length)]!;
  };
  const heads = (t: Tensor): Tensor => permute(unflatten(t, 2, [2, WIDTH / 2]), [0, 2, 1, 3]);
  const steps: ((x: Tensor) => Tensor)[] = [
    (x) => add(x, like(x)),
    (x) => mul(like(x), x),
    (x) => add(x, x),
    (x) => scale(cont(x), 0.5),
    (x) => silu(cont(x)),
    (x) => neg(neg(cont(x))),
    (x) => norm(x, 1e-6),
    (x) => rmsNorm(x, 1e-6),
    (x) => softMax(cont(x), 1),
    (x) => mulMat(g.weight("w"), x),
    (x) => swiglu(concat(x, like(x), 2)),
    (x) => reshape(flashAttention(heads(x), heads(like(x)), heads(x), 0.5), x.shape),
    (x) => (x.shape[1]! % 2 === 0 ? slice(x, 1, x.shape[1]! / 2, x.shape[1]! / 2) : concat(x, like(x), 1)),
    (x) => reshape(silu(reshape(cont(x), [2 * x.shape[1]! * WIDTH])), x.shape),
  ];
  const count = 5 + pick(40);
  for (let i = 0; i < count; i++) {
    const x = steps[pick(steps.length)]!(any());
    if (rows.includes(x.shape[1]!) || x.shape[1]! <= 80) made.push(x);
  }
  // Several roots: what the first one needs is alive, or not, while the second one is computed.
  const roots = [made.at(-1)!, ...Array.from({ length: pick(3) }, any)];
  for (const [i, root] of roots.entries()) g.write(`out${i}x${root.shape[1]}`, root);
  return g.finish();
}

const PROGRAMS = [
  ...CASES.map((c) => ({ title: `${c.op}: ${c.name}`, program: programOf(c) })),
  ...Array.from({ length: 300 }, (_, seed) => ({ title: `random ${seed}`, program: randomProgram(seed) })),
];

/** Walks a program over stamps, one per `alignment` bytes, and says what a node finds overwritten that it was to read. */
function overwritten(program: Program, alignment: number, maxChunkBytes?: number): string[] {
  const { bytes, offsets } = planActivations(program, { alignment, ...(maxChunkBytes && { maxChunkBytes }) });
  const stamps = new Int32Array(bytes / alignment).fill(-1);
  const cells = (index: number): Int32Array => {
    const from = offsets.get(index)! / alignment;
    return stamps.subarray(from, from + Math.ceil(byteLength(program.tensors[index]!) / alignment));
  };
  const wrong: string[] = [];
  for (const index of program.order) {
    const node = program.tensors[index] as Node;
    for (const input of node.inputs) {
      const tensor = program.tensors[input]!;
      const owner = tensor.kind === "node" ? (tensor.viewOf ?? input) : input;
      if (!offsets.has(owner)) continue;
      if (cells(owner).some((stamp) => stamp !== owner)) wrong.push(`${node.op} ${index} reads ${owner}`);
    }
    if (offsets.has(index)) cells(index).fill(index);
  }
  return wrong;
}

const LAYOUTS: { alignment: number; maxChunkBytes?: number }[] = [
  { alignment: 32 },
  { alignment: 256 },
  { alignment: 64, maxChunkBytes: 4096 },
];
test.each(LAYOUTS)("no value is overwritten before its last reader: %o", ({ alignment, maxChunkBytes }) => {
  expect(PROGRAMS.flatMap(({ program }) => overwritten(program, alignment, maxChunkBytes))).toEqual([]);
});

for (const { name, open } of await availableBackends()) {
  const { backend } = await open();
  if (!backend.measureActivations) {
    await backend.close();
    continue;
  }
  const { measureActivations, info } = {
    measureActivations: backend.measureActivations.bind(backend),
    info: backend.info,
  };
  describe(name, () => {
    afterAll(() => backend.close());
    test("plans equal the native allocator's", () => {
      const different = PROGRAMS.flatMap(({ title, program }) => {
        const planned = planActivations(program, {
          alignment: info.alignment,
          maxChunkBytes: info.maxBufferBytes,
        }).bytes;
        const measured = measureActivations(program);
        return planned === measured ? [] : [{ title, planned, measured }];
      });
      expect(different).toEqual([]);
    });
  });
}
