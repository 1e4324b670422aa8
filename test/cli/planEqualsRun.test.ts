import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import type { PlanReport } from "../../src/cli/plan/planWorkflow.ts";
import { runCli } from "../../src/cli/runCli.ts";
import { startEngine } from "../../src/engine/supervisor.ts";
import type { RunStats } from "../../src/runtime/runtime.ts";
import { onCheckpoint, writeCheckpoint } from "../support/writeCheckpoint.ts";

/** `weir plan` and `weir run` with the same words: the peak, the bytes and the pins that are planned are those that come out. */
const root = path.join(import.meta.dirname, "..", "..");
const demo = path.join(root, "demo");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-plan-run-"));
});
// The engine's process runs from the sources as well.
beforeEach(() => void vi.stubEnv("NODE_OPTIONS", "--import jiti/register"));
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command line itself, in a process of its own for what computes. Returns what it printed. */
async function weir(argv: readonly string[]): Promise<string> {
  let [out, err] = ["", ""];
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    terminal: false,
    columns: () => 80,
    env: { ...process.env },
    cwd: folder,
    now: () => performance.now(),
    onInterrupt: () => () => {},
  };
  const entry = path.join(root, "src", "engine", "main.ts");
  const code = await runCli(argv, { io, startEngine: (options, hooks) => startEngine(options, { ...hooks, entry }) });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${code}\n${err}`);
  return out;
}

/** A small picture in few steps: what is compared are bytes. */
const small = ["--steps", "2", "--set", "EmptyFlux2LatentImage.width=64", "--set", "EmptyFlux2LatentImage.height=64"];
/** Far below what any machine has, and the same for both. */
const vram = ["--vram", "400MB"];

test.each([
  ["klein.json", vram],
  ["klein.json", ["--vram", "400MB", "--vram-weights", "40%"]],
  ["klein.json", ["--vram", "400MB", "--lowvram"]],
  ["klein.json", ["--vram", "400MB", "--novram"]],
  ["klein.json", ["--vram", "400MB", "--disable-dynamic-vram"]],
  ["klein.json", ["--vram", "34MB", "--prompt", "a blue star"]],
  ["klein-cfg.json", ["--vram", "400MB", "--vram-weights", "4MB", "--force-fp32"]],
  ["klein-lora.json", ["--vram", "400MB", "--vram-weights", "4MB", "--threads", "1"]],
])("%s %s: the peak and the bytes are the run's", async (workflow, flags) => {
  const file = path.join(demo, workflow);
  const own = ["--base-directory", demo, ...small, ...flags];
  const planned = JSON.parse(await weir(["plan", file, ...own, "--json"])) as PlanReport;
  expect(planned.fits).toBe(true);
  const printed = await weir(["run", file, ...own, "--device", "cpu", "--stats", "json", "-o", "picture.png"]);
  const { stats } = (JSON.parse(printed) as { runs: { stats: RunStats }[] }).runs[0]!;
  expect(planned.peakBytes).toBe(stats.vram.peak);
  expect(planned.image.hostBytes).toBe(stats.counters.movedBytes);
  expect(planned.runs.map(({ pinnedBytes }) => pinnedBytes)).toEqual(
    [...new Set(stats.passes.map(({ index, pinnedBytes }, i) => (index === 0 ? `${i}: ${pinnedBytes}` : null)))]
      .filter((text) => text !== null)
      .map((text) => Number(text.split(": ")[1])),
  );
  expect(planned.runs.reduce((sum, { passes }) => sum + passes, 0)).toBe(stats.passes.length);
});

test.each([
  [...vram, "--vram-weights", "40%"],
  ["--vram", "34MB"],
])("a checkpoint of three models, at %s %s", async (...flags) => {
  await mkdir(path.join(folder, "models", "checkpoints"), { recursive: true });
  await writeCheckpoint(path.join(folder, "models", "checkpoints", "all.safetensors"));
  const file = path.join(folder, "checkpoint.json");
  const prompt = JSON.parse(await readFile(path.join(demo, "klein.json"), "utf8"));
  await writeFile(file, JSON.stringify(onCheckpoint(prompt, "all.safetensors")));
  const own = ["--base-directory", folder, ...small, ...flags];
  const planned = JSON.parse(await weir(["plan", file, ...own, "--json"])) as PlanReport;
  const printed = await weir(["run", file, ...own, "--device", "cpu", "--stats", "json", "-o", "picture.png"]);
  const { stats } = (JSON.parse(printed) as { runs: { stats: RunStats }[] }).runs[0]!;
  expect(planned.models.map(({ title }) => title)).toEqual(
    ["flux2", "text-encoder", "vae"].map((kind) => `all.safetensors (${kind})`),
  );
  expect(planned.peakBytes).toBe(stats.vram.peak);
  expect(planned.image.hostBytes).toBe(stats.counters.movedBytes);
});

test("the device that plays one with memory of its own is planned as one", async () => {
  vi.stubEnv("WEIR_DISCRETE_CPU", "1");
  const own = ["--base-directory", demo, ...small, ...vram, "--vram-weights", "40%", "--ram", "40MB"];
  const planned = JSON.parse(await weir(["plan", path.join(demo, "klein.json"), ...own, "--json"])) as PlanReport;
  const printed = await weir([
    "run",
    path.join(demo, "klein.json"),
    ...own,
    ...["--device", "cpu", "--stats", "json", "-o", "picture.png"],
  ]);
  const { stats } = (JSON.parse(printed) as { runs: { stats: RunStats }[] }).runs[0]!;
  expect(planned.device.unified).toBe(false);
  expect(planned.peakBytes).toBe(stats.vram.peak);
  expect(planned.image.hostBytes).toBe(stats.counters.movedBytes);
  expect(planned.image.diskBytes).toBe(stats.counters.readBytes);
});

test("flags that each name a policy, and a reserve that is none", async () => {
  const file = path.join(demo, "klein.json");
  await expect(weir(["plan", file, "--base-directory", demo, "--novram", "--policy", "lru"])).rejects.toThrow(
    "--policy and --novram each name a policy",
  );
  await expect(weir(["plan", file, "--base-directory", demo, "--reserve-vram", "much"])).rejects.toThrow(
    "--reserve-vram is",
  );
});

test("a reserve leaves less, --highvram more, and what they cost is what would help", async () => {
  const plan = async (...flags: string[]) =>
    JSON.parse(
      await weir(["plan", path.join(demo, "klein.json"), "--base-directory", demo, "--json", ...flags]),
    ) as PlanReport;
  const card = ["--card", "RTX 4060"];
  const usual = (await plan(...card)).vram;
  expect((await plan(...card, "--reserve-vram", "2")).vram).toBe(8 * 2 ** 30 - 2e9);
  expect((await plan(...card, "--highvram")).vram).toBe(8 * 2 ** 30);
  expect(usual).toBe(Math.floor(0.95 * 8 * 2 ** 30));
  const { help, runs } = await plan(...card, "--novram");
  expect(runs.some(({ windowBytes }) => windowBytes > 0)).toBe(true);
  expect(help[0]!.change).toBe("without --novram");
});
