import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openSafetensors } from "../src/formats/safetensors.ts";
import { flux2Inputs, openFlux2 } from "../src/models/flux2/index.ts";
import { chromeTrace } from "../src/runtime/chromeTrace.ts";
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
