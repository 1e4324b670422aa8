import { expect, test } from "vitest";
import { Graph, type Tensor } from "../tensor/graph.ts";
import {
  add,
  cast,
  concat,
  flashAttention,
  linear,
  mul,
  permute,
  reshape,
  rmsNorm,
  roll,
  scale,
  slice,
  swiglu,
  unflatten,
} from "../tensor/ops/index.ts";
import type { Program } from "../tensor/program.ts";
import type { OpCalls } from "./abi.ts";
import { lower, sizes } from "./lower.ts";

/** Writes the calls down instead of making them: t3 is the third tensor made. */
function record(program: Program): string[] {
  const calls: string[] = [];
  let made = 0;
  const show = (value: unknown) => (typeof value === "bigint" ? `t${value}` : String(value));
  const g = new Proxy({} as OpCalls, {
    get:
      (_, name: string) =>
      (...args: unknown[]): bigint => {
        const [first, ...rest] = args;
        const shown = name.includes("set_prec") ? [first, ...rest] : rest;
        const text = `${name.replace("ggml_", "")}(${shown.map(show).join(", ")})`;
        calls.push(name.includes("set_prec") ? text : `t${++made} = ${text}`);
        return BigInt(made);
      },
  });
  lower(g, 0n, program, (leaf) => {
    calls.push(`t${++made} = ${leaf.kind} ${leaf.name} (${sizes(leaf.shape).join(", ")})`);
    return BigInt(made);
  });
  return calls;
}

function graph(shapes: Record<string, readonly number[]>, castWeights = false): Graph {
  return new Graph({
    name: "test",
    castWeights,
    weight: (name) => ({ dtype: name.endsWith("16") ? "bf16" : "f32", shape: shapes[name]! }),
    carried: (name) => ({ dtype: "f32", shape: shapes[name]! }),
  });
}

test("attention on a strided q, k, v: one call per op, in the program's order", () => {
  const g = graph({ x: [1, 5, 8], qkv16: [24, 8], norm: [4], y: [1, 5, 8] }, true);
  const row = linear(g.carried("x"), g.weight("qkv16"));
  const head = (i: number): Tensor => unflatten(slice(row, 2, 8 * i, 8), 2, [2, 4]);
  const turn = (t: Tensor) => permute(mul(rmsNorm(t, 1e-6), g.weight("norm")), [0, 2, 1, 3]);
  const a = flashAttention(turn(head(0)), turn(head(1)), permute(head(2), [0, 2, 1, 3]), 0.5);
  g.write("y", reshape(a, [1, 5, 8]));
  expect(record(g.finish())).toMatchInlineSnapshot(`
    [
      "t1 = weight qkv16 (8, 24, 1, 1)",
      "t2 = cast(t1, 0)",
      "t3 = carried x (8, 5, 1, 1)",
      "t4 = mul_mat(t2, t3)",
      "mul_mat_set_prec(t4, 10)",
      "t5 = view_4d(t4, 8, 5, 1, 1, 96, 480, 480, 0)",
      "t6 = view_4d(t5, 4, 2, 5, 1, 16, 96, 480, 0)",
      "t7 = rms_norm(t6, 0.000001)",
      "t8 = weight norm (4, 1, 1, 1)",
      "t9 = mul(t7, t8)",
      "t10 = permute(t9, 0, 2, 1, 3)",
      "t11 = view_4d(t4, 8, 5, 1, 1, 96, 480, 480, 32)",
      "t12 = view_4d(t11, 4, 2, 5, 1, 16, 96, 480, 0)",
      "t13 = rms_norm(t12, 0.000001)",
      "t14 = mul(t13, t8)",
      "t15 = permute(t14, 0, 2, 1, 3)",
      "t16 = view_4d(t4, 8, 5, 1, 1, 96, 480, 480, 64)",
      "t17 = view_4d(t16, 4, 2, 5, 1, 16, 96, 480, 0)",
      "t18 = permute(t17, 0, 2, 1, 3)",
      "t19 = flash_attn_ext(t10, t15, t18, null, 0.5, 0, 0)",
      "flash_attn_ext_set_prec(t19, 10)",
      "t20 = reshape_4d(t19, 8, 5, 1, 1)",
      "t21 = carried y (8, 5, 1, 1)",
      "t22 = cpy(t20, t21)",
    ]
  `);
});

test("axes count from the other end", () => {
  const g = graph({ x: [2, 3, 4], y: [2, 6, 4], z: [4, 2, 3], s: [2, 3, 2] });
  const x = g.carried("x");
  g.write("y", roll(concat(x, scale(x, 2, 1), 1), [1, -2, 3]));
  g.write("z", permute(x, [2, 0, 1]));
  g.write("s", add(swiglu(x), slice(x, -1, 2, 2)));
  expect(record(g.finish())).toMatchInlineSnapshot(`
    [
      "t1 = carried x (4, 3, 2, 1)",
      "t2 = scale_bias(t1, 2, 1)",
      "t3 = concat(t1, t2, 1)",
      "t4 = roll(t3, 3, 4, 1, 0)",
      "t5 = carried y (4, 6, 2, 1)",
      "t6 = cpy(t4, t5)",
      "t7 = permute(t1, 2, 0, 1, 3)",
      "t8 = carried z (3, 2, 4, 1)",
      "t9 = cpy(t7, t8)",
      "t10 = swiglu(t1)",
      "t11 = view_4d(t1, 2, 3, 2, 1, 16, 48, 96, 8)",
      "t12 = add(t10, t11)",
      "t13 = carried s (2, 3, 2, 1)",
      "t14 = cpy(t12, t13)",
    ]
  `);
});

test("a view of a view is counted from its input", () => {
  const g = graph({ x: [6, 8], y: [2, 4] });
  const rows = slice(slice(g.carried("x"), 0, 2, 4), 0, 1, 2);
  g.write("y", slice(rows, 1, 4, 4));
  expect(record(g.finish())).toMatchInlineSnapshot(`
    [
      "t1 = carried x (8, 6, 1, 1)",
      "t2 = view_4d(t1, 8, 4, 1, 1, 32, 128, 128, 64)",
      "t3 = view_4d(t2, 8, 2, 1, 1, 32, 64, 64, 32)",
      "t4 = view_4d(t3, 4, 2, 1, 1, 32, 64, 64, 16)",
      "t5 = carried y (4, 2, 1, 1)",
      "t6 = cpy(t4, t5)",
    ]
  `);
});

test("a cast says the type", () => {
  const g = graph({ w16: [3, 8], y: [3, 8] });
  g.write("y", cast(g.weight("w16"), "f32"));
  expect(record(g.finish())).toMatchInlineSnapshot(`
    [
      "t1 = weight w16 (8, 3, 1, 1)",
      "t2 = cast(t1, 0)",
      "t3 = carried y (8, 3, 1, 1)",
      "t4 = cpy(t2, t3)",
    ]
  `);
});
