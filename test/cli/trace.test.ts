import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JobResult } from "../../src/engine/messages.ts";
import { root, runBuilt } from "./built.ts";
import { type Script, statsAfter, weir } from "./harness.ts";

interface Event {
  readonly name: string;
  readonly cat: string;
  readonly ph: string;
  readonly pid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: { readonly name?: string; readonly bytes?: number };
}

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-trace-"));
  writeFileSync(join(cwd, "w.json"), '{"3": {"class_type": "Noise", "inputs": {}}}');
});
afterEach(() => rmSync(cwd, { recursive: true }));
const eventsIn = (file: string): readonly Event[] => JSON.parse(readFileSync(join(cwd, file), "utf8")).traceEvents;

test("a real run: all that moved was read, everything lies inside a node's span, models have processes of their own", async () => {
  const demo = join(root, "demo");
  const size = ["--steps", "2", "--set", "9.width=64", "--set", "9.height=64"];
  const { code, out, err } = await runBuilt(
    ["run", join(demo, "klein.json"), "--base-directory", demo, ...size, "--vram-weights", "4MB"].concat([
      ...["-o", "x.png", "--stats", "json", "--trace", "t.json"],
    ]),
    cwd,
  );
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("trace: ") });
  expect(readdirSync(cwd).sort()).toEqual(["t.json", "w.json", "x.png"]);
  const [{ stats }] = JSON.parse(out).runs;
  const events = eventsIn("t.json");
  const of = (track: string) => events.filter((event) => event.cat === track);
  const bytes = (track: string) => of(track).reduce((sum, event) => sum + (event.args.bytes ?? 0), 0);
  expect(bytes("reads")).toBe(stats.counters.movedBytes);
  expect(bytes("drops")).toBe(stats.counters.droppedBytes);
  expect(of("compute").length).toBe(stats.counters.acquires);
  const models = new Set(of("compute").map((event) => event.pid));
  expect(models.size).toBe(3);
  const titles = events.filter((event) => event.name === "process_name").map((event) => event.args.name);
  expect(titles).toHaveLength(4);
  expect(titles.join()).toMatch(/weir-demo-dit\.safetensors/);
  // Reads of what comes next may begin in one node and end in the following one: the run as a whole holds them.
  const nodes = of("nodes");
  const start = Math.min(...nodes.map((event) => event.ts));
  const end = Math.max(...nodes.map((event) => event.ts + event.dur));
  for (const event of [...of("compute"), ...of("reads"), ...of("stalls")]) {
    expect(event.ts).toBeGreaterThanOrEqual(start);
    expect(event.ts + event.dur).toBeLessThanOrEqual(end);
  }
});

const spans = [{ track: "compute", name: "start", model: "m", start: 10, end: 20 }] as const;
const traced = (result: JobResult): Script => ({
  async job(_job, onEvent) {
    onEvent({ kind: "trace", spans });
    return result;
  },
});
const success: JobResult = { status: "success", outputs: {}, stats: statsAfter(1), nodeErrors: {} };

test.each([
  ["success", success, 0],
  ["an error", { status: "error", error: { code: "compute-failed", message: "no" } }, 1],
  ["Ctrl-C", { status: "interrupted" }, 130],
] as const)("the file is there after %s", async (_name, result, exit) => {
  const { code, err, engine } = await weir(["run", "w.json", "-o", "x.png", "--trace", "t.json"], {
    cwd,
    script: traced(result),
  });
  expect(code).toBe(exit);
  expect(err).toContain(`trace: 1 spans in ${join(cwd, "t.json")}`);
  expect(engine?.options.trace).toBe(true);
  expect(eventsIn("t.json").filter((event) => event.ph === "X")).toHaveLength(1);
});

test("without the flag the engine is not asked for spans", async () => {
  const { engine } = await weir(["run", "w.json", "-o", "x.png"], { cwd, script: traced(success) });
  expect(engine?.options.trace).toBe(false);
});

test("a trace that cannot be written is told before anything runs", async () => {
  const { code, err, engine } = await weir(["run", "w.json", "--trace", "none/t.json"], {
    cwd,
    script: traced(success),
  });
  expect(code).toBe(1);
  expect(err).toMatch(/cannot write .*t\.json: .*; choose another place for --trace/);
  expect(engine).toBeUndefined();
});
