import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openSafetensors } from "../src/formats/safetensors.ts";
import { openGgml } from "../src/ggml/index.ts";
import { flux2Inputs, openFlux2 } from "../src/models/flux2/index.ts";
import { chromeTrace } from "../src/runtime/chromeTrace.ts";
import { createRuntime } from "../src/runtime/createRuntime.ts";
import type { Span } from "../src/runtime/trace.ts";
import { writeFlux2File } from "./support/flux2File.ts";
import { openRuntime } from "./support/openRuntime.ts";

test("a run leaves a time line: every stage computed, every weight read, every drop", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-trace-"));
  const file = path.join(folder, "model.safetensors");
  await writeFlux2File(file, { hidden: 128, double: 2, single: 4, context: 96 });
  const spans: Span[] = [];
  let clock = 0;
  const tracer = { now: () => clock++, add: (span: Span) => void spans.push(span) };
  const runtime = await openRuntime("cpu", { vramWeights: { share: 0.6 }, precision: "native", tracer });
  try {
    const model = openFlux2(await openSafetensors(file));
    const shape = { batch: 1, height: 2, width: 2, textTokens: 3 };
    const run = await runtime.load(model).begin([model.pass(shape)], { repeat: 2 });
    const x = new Float32Array(512).fill(0.5);
    for (let i = 0; i < 2; i++)
      await run.pass([flux2Inputs(model.dims, shape, { x, context: new Float32Array(3 * 96), sigma: [1] })]);
    run.end();
    const { counters } = runtime.stats();
    const of = (track: string) => spans.filter((span) => span.track === track);
    expect(of("compute").length).toBe(2 * model.pass(shape).stages.length);
    expect(
      of("compute").every((span, i, all) => span.end > span.start && (i === 0 || span.start >= all[i - 1]!.end)),
    ).toBe(true);
    expect(of("reads").reduce((sum, span) => sum + span.bytes!, 0)).toBe(counters.movedBytes);
    expect(of("drops").reduce((sum, span) => sum + span.bytes!, 0)).toBe(counters.droppedBytes);
    expect(of("drops").map((span) => span.reason)).toContain("used");
    expect(new Set(spans.map((span) => span.model))).toEqual(new Set(["model.safetensors (flux2)"]));
    const { traceEvents } = JSON.parse(chromeTrace(spans, "weir")) as { traceEvents: { ph: string; dur?: number }[] };
    expect(traceEvents.filter((event) => event.ph === "X" || event.ph === "i")).toHaveLength(spans.length);
    expect(traceEvents.filter((event) => event.ph === "X").every((event) => event.dur! > 0)).toBe(true);
  } finally {
    await runtime.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test("on a device with memory of its own, what stage t + 1 needs is uploaded while stage t computes", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-trace-"));
  const file = path.join(folder, "model.safetensors");
  await writeFlux2File(file, { hidden: 256, double: 1, single: 8, context: 96 });
  const spans: Span[] = [];
  let clock = 0;
  const tracer = { now: () => clock++, add: (span: Span) => void spans.push(span) };
  const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
  const runtime = createRuntime({
    ...library.open("cpu", { threads: 1 }),
    policy: "dynamic",
    precision: "native",
    vram: 4e9,
    vramWeights: { share: 0.5 },
    tracer,
  });
  try {
    const model = openFlux2(await openSafetensors(file));
    const shape = { batch: 1, height: 16, width: 16, textTokens: 16 };
    const run = await runtime.load(model).begin([model.pass(shape)], { repeat: 3 });
    const x = new Float32Array(128 * 256).fill(0.5);
    for (let i = 0; i < 3; i++)
      await run.pass([flux2Inputs(model.dims, shape, { x, context: new Float32Array(16 * 96), sigma: [1] })]);
    run.end();
    // The clock counts what happened in between, so that this is about order and not about time.
    const computed = spans.filter((span) => span.track === "compute");
    const uploads = spans.filter((span) => span.track === "uploads" && span.start > computed[0]!.start);
    const inside = uploads.filter((upload) => computed.some((c) => c.start < upload.start && upload.end < c.end));
    expect(uploads.length).toBeGreaterThan(10);
    expect(inside.length).toBeGreaterThan(uploads.length / 4);
    // And none of them belongs to the stage under which it came.
    const under = (upload: Span) => computed.find((c) => c.start < upload.start && upload.end < c.end)!.name;
    expect(inside.filter((upload) => upload.name.startsWith(`${under(upload)}.`))).toEqual([]);
  } finally {
    await runtime.close();
    await rm(folder, { recursive: true, force: true });
  }
});
