import { expect, test } from "vitest";
import { Graph } from "../tensor/graph.ts";
import { linear, silu } from "../tensor/ops/index.ts";
import type { Program } from "../tensor/program.ts";
import { listDevices } from "./devices.ts";
import { findLibrary } from "./findLibrary.ts";
import { loadLib } from "./lib.ts";
import { prepare } from "./prepare.ts";

const lib = loadLib(findLibrary());
const cpu = listDevices(lib).find(({ info }) => info.kind === "cpu")!;

function program(): Program {
  const g = new Graph({
    name: "stage",
    castWeights: false,
    weight: () => ({ dtype: "bf16", shape: [64, 32] }),
    carried: (name) => ({ dtype: "f32", shape: name === "x" ? [1000, 32] : [1000, 64] }),
  });
  g.write("y", silu(linear(g.carried("x"), g.weight("w"))));
  return g.finish();
}

test("activations, and the CPU's work memory: x rounded to bf16, and a cache line per thread", () => {
  expect(prepare(lib, cpu, program(), 2)).toEqual({
    activations: 1000 * 64 * 4,
    reserve: 1000 * 64 * 4,
    work: 1000 * 32 * 2 + 64,
    threads: 1,
    unsupported: null,
  });
});

test("threads come with work", () => {
  const busy = { ...program(), flops: 1e9 };
  expect(prepare(lib, cpu, busy, 2)).toMatchObject({ threads: 2, work: 1000 * 32 * 2 + 2 * 64 });
});

test("an op that the device lacks is named", () => {
  const g = {
    ...lib.g,
    ggml_backend_dev_supports_op: (_: bigint, tensor: bigint) => lib.g.ggml_op_desc(tensor) !== "SILU",
  };
  expect(prepare({ ...lib, g }, cpu, program(), 2).unsupported).toMatchInlineSnapshot(
    `"stage: cpu cannot run SILU on [1000,64] f32; choose another --device"`,
  );
});

test("a program whose shapes are not ggml's is refused before it runs", () => {
  const good = program();
  const tensors = good.tensors.map((t) => (t.kind === "node" && t.op === "silu" ? { ...t, shape: [1000, 63] } : t));
  expect(() => prepare(lib, cpu, { ...good, tensors }, 2)).toThrowErrorMatchingInlineSnapshot(
    `[Error: invariant: stage: node 1 is [1000,63], ggml made (64,1000,1,1)]`,
  );
});

test("a tensor that fits no buffer of the device", () => {
  const small = { ...cpu, info: { ...cpu.info, maxBufferBytes: 200_000 } };
  expect(prepare(lib, small, program(), 1).unsupported).toMatchInlineSnapshot(
    `"stage: a tensor of 256000 bytes passes the 200000 bytes of a buffer of cpu; make a smaller picture"`,
  );
});
