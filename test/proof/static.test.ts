import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { Counters, MemoryEvent } from "../../src/memory/eventLog.ts";
import { flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import type { InputValue } from "../../src/runtime/runtime.ts";
import type { PassDef, Program } from "../../src/tensor/index.ts";
import { availableBackends } from "../backends.ts";
import { writeFlux2File } from "../support/flux2File.ts";
import { openTiny, tinyInput, writeTinyFile } from "./tinyModel.ts";

/**
 * DESIGN.md's fifth invariant: when everything fits, dynamic makes the same moves, graphs and submissions as static, whose policy does
 * nothing but load all weights first. Several models, a pass that comes back, conds, a size that changes.
 */
const folder = mkdtempSync(path.join(tmpdir(), "weir-static-"));
const file = (name: string) => path.join(folder, `${name}.safetensors`);
beforeAll(async () => {
  await writeTinyFile(file("a"), "a", 4, 1);
  await writeTinyFile(file("b"), "b", 2, 2);
  await writeFlux2File(file("flux2"), { hidden: 128, double: 2, single: 3, context: 32 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Log {
  /** "b.1.up 3072 pin" for each weight that moved, in order. */
  readonly moves: readonly string[];
  readonly drops: readonly string[];
  /** Each submission: the program's name and a digest of all of its nodes. */
  readonly submissions: readonly string[];
  readonly allocated: number;
  readonly counters: Counters;
  readonly peak: number;
  readonly outputs: string;
}

async function log(device: string, policy: "dynamic" | "static"): Promise<Log> {
  const found = (await availableBackends()).find((backend) => backend.name === device)!;
  const { backend, memory } = await found.open();
  const moves: string[] = [];
  const drops: string[] = [];
  const submissions: string[] = [];
  const digests = new Map<Program, string>();
  const digest = (program: Program): string => {
    const known = digests.get(program);
    if (known) return known;
    const made = `${program.name} ${createHash("sha256").update(JSON.stringify(program)).digest("hex").slice(0, 12)}`;
    digests.set(program, made);
    return made;
  };
  const runtime = createRuntime({
    backend: new Proxy(backend, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        if (key !== "submit") return value.bind(target) as unknown;
        return (...[program, bindings]: Parameters<typeof backend.submit>) => {
          submissions.push(digest(program));
          return target.submit(program, bindings);
        };
      },
    }),
    memory,
    policy,
    vram: 64e9,
    precision: "native",
    onMemoryEvent(event: MemoryEvent, weight) {
      if (event.kind === "move") moves.push(`${weight} ${event.bytes} ${event.reason}`);
      if (event.kind === "drop") drops.push(`${weight} ${event.bytes} ${event.reason}`);
    },
  });
  const outputs = createHash("sha256");
  try {
    const a = openTiny(await openSafetensors(file("a")), "a", 4);
    const b = openTiny(await openSafetensors(file("b")), "b", 2);
    const flux2 = openFlux2(await openSafetensors(file("flux2")));
    const shape = { batch: 1, height: 2, width: 2, textTokens: 3 };
    const picture = flux2Inputs(flux2.dims, shape, {
      x: new Float32Array(4 * 128).fill(0.5),
      context: new Float32Array(3 * 32).fill(0.25),
      sigma: [0.75],
    });
    const runs: [Parameters<typeof runtime.load>[0], PassDef[], Readonly<Record<string, InputValue>>[], number][] = [
      [a, [a.pass(3), a.pass(2)], [tinyInput(3, 1), tinyInput(2, 2)], 3],
      [flux2, [flux2.pass(shape)], [picture], 2],
      [b, [b.pass(4)], [tinyInput(4, 3)], 1],
      [a, [a.pass(7)], [tinyInput(7, 4)], 2],
      [flux2, [flux2.pass(shape)], [picture], 1],
    ];
    for (const [model, defs, values, passes] of runs) {
      const run = await runtime.load(model).begin(defs, { repeat: passes });
      for (let pass = 0; pass < passes; pass++)
        for (const output of await run.pass(values))
          for (const numbers of Object.values(output)) outputs.update(new Uint8Array(numbers.slice().buffer));
      run.end();
    }
    const { counters, vram, residency } = runtime.stats();
    return {
      moves: [...moves],
      drops: [...drops],
      submissions,
      allocated: residency.chunkBytes,
      counters,
      peak: vram.peak,
      outputs: outputs.digest("hex"),
    };
  } finally {
    await runtime.close();
  }
}

describe.each(["reference", "cpu"])("all fits, on %s", (device) => {
  let dynamic: Log;
  let fixed: Log;
  beforeAll(async () => {
    dynamic = await log(device, "dynamic");
    fixed = await log(device, "static");
  });

  test("the same moves, in the same order: each weight once", () => {
    expect(dynamic.moves).toEqual(fixed.moves);
    expect(new Set(dynamic.moves).size).toBe(dynamic.moves.length);
    expect(dynamic.moves.length).toBeGreaterThan(60);
    expect(dynamic.drops).toEqual([]);
    expect(fixed.drops).toEqual([]);
  });

  test("the same graphs, node for node, in as many submissions", () => {
    expect(dynamic.submissions).toEqual(fixed.submissions);
    // 3 passes of 4 stages for two conds, 2 + 1 of flux2's 9, 1 of 2, 2 of 4.
    expect(dynamic.submissions.length).toBe(24 + 27 + 2 + 8);
  });

  test("the same bytes, of memory and of pictures", () => {
    expect(dynamic.allocated).toBe(fixed.allocated);
    expect(dynamic.peak).toBe(fixed.peak);
    expect(dynamic.outputs).toBe(fixed.outputs);
    const { hits, ...rest } = dynamic.counters;
    const { hits: _, ...fixedRest } = fixed.counters;
    expect(rest).toEqual(fixedRest);
    // Static has all there before the first step; dynamic may wait for what is on its way.
    expect(fixed.counters.hits).toBe(fixed.counters.acquires);
    expect(hits).toBeLessThanOrEqual(fixed.counters.hits);
  });
});
