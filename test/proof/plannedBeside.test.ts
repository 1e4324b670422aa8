import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { planInput } from "../../src/cli/plan/planInput.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { openGgml } from "../../src/ggml/index.ts";
import type { MemoryEvent } from "../../src/memory/eventLog.ts";
import { spreadPins } from "../../src/memory/spreadPins.ts";
import { createFolders } from "../../src/nodes/folders.ts";
import type { RecordedDevice } from "../../src/nodes/planning/recordWorkflow.ts";
import { recordWorkflow } from "../../src/nodes/planning/recordWorkflow.ts";
import { type BudgetChange, predict } from "../../src/planner/predict.ts";
import { parseJson } from "../../src/workflow/losslessJson.ts";
import type { Prompt } from "../../src/workflow/node.ts";

/**
 * CLIPLoader's `device`: two residencies in one run, the CPU's and that of the device beside it (which the CPU plays, with memory of its own). Both are
 * planned from headers; of the run's log nothing is taken but what RAM was allowed to hold, and the moves of each device are the same, one by one.
 */
const demo = path.join(import.meta.dirname, "..", "..", "demo");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-beside-"));
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function onCpu(file: string): Promise<Prompt> {
  const workflow = parseJson(await readFile(path.join(demo, file), "utf8")) as Prompt;
  return Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => {
      const inputs = { ...node.inputs };
      for (const side of ["width", "height"]) if (side in inputs) inputs[side] = 64;
      if ("steps" in inputs) inputs["steps"] = 2;
      if (node.class_type === "CLIPLoader") inputs["device"] = "cpu";
      return [id, { ...node, inputs }];
    }),
  );
}

const decisions = (events: readonly MemoryEvent[]) =>
  events.filter(({ kind }) => kind === "move" || kind === "drop" || kind === "plan");

/** RAM's budgets out of a log. One that comes after the plan of an announcement, and before its first acquire, says so. */
function ramChanges(events: readonly MemoryEvent[], { runs }: RecordedDevice): BudgetChange[] {
  const starts: number[] = [];
  runs.reduce((at, { passes, uses }) => {
    starts.push(at);
    return at + passes * uses.length;
  }, 0);
  return events.flatMap((event, i) => {
    if (event.kind !== "budget" || event.ram === undefined) return [];
    const { at, ram, vram, weights } = event;
    const run = starts.indexOf(at);
    const later = events.slice(i).some((other) => other.kind === "plan" && other.at === at);
    return [{ at, vram, weights, ram, ...(run >= 0 && !later && { announced: run + 1 }) }];
  });
}

test.each([
  { file: "klein.json", ram: 400e6, weights: 4e6 },
  { file: "klein-cfg.json", ram: 40e6, weights: 4e6 },
  { file: "klein.json", ram: 30e6, weights: 400e6 },
])("$file with $ram bytes of RAM and $weights for weights: each device moves as planned", async (given) => {
  const { file, ram, weights } = given;
  const prompt = await onCpu(file);
  vi.stubEnv("WEIR_DISCRETE_CPU", "1");
  const libraries = [await openGgml(), await openGgml({ discreteCpu: false })] as const;
  const [device, cpu] = libraries.map((library) => library.open("cpu"));
  const planning = ({ backend }: NonNullable<typeof device>) => ({
    info: backend.info,
    activationBytes: (program: Parameters<typeof backend.activationBytes>[0]) => backend.activationBytes(program),
  });
  const vram = 400e6;
  const recording = await recordWorkflow(prompt, createFolders({ baseDirectory: demo }), {
    device: planning(device!),
    cpu: () => Promise.resolve(planning(cpu!)),
    precision: "native",
    vram,
    vramWeights: { bytes: weights },
  });
  if (recording.status !== "recorded") throw new Error(JSON.stringify(recording));
  const inputs = [
    planInput(recording, planning(device!), { vram, weights }),
    planInput(recording.beside!, planning(cpu!), { vram: ram, weights: ram }),
  ] as const;
  for (const each of [device!, cpu!]) {
    await each.backend.close();
    each.memory.close();
  }

  const events: { main: MemoryEvent[]; beside: MemoryEvent[] } = { main: [], beside: [] };
  const engine = await createEngine(
    {
      device: "cpu",
      baseDirectory: demo,
      outputDirectory: folder,
      vram: `${vram}B`,
      vramWeights: `${weights}B`,
      ram: `${ram}B`,
      disableDynamicVram: false,
      forceFp32: false,
      disableMetadata: true,
      verbose: true,
    },
    { onCrumb() {}, onStage() {} },
  );
  try {
    const job = { id: "job", prompt, extraPngInfo: {} };
    const result = await engine.run(job, new AbortController().signal, (event) => {
      if (event.kind === "memory") events[event.beside ? "beside" : "main"].push(event.event);
    });
    expect(result.status).toBe("success");
    if (result.status !== "success") return;
    const budgets = ramChanges(events.main, recording);
    const main = await predict({ ...inputs[0], budgets, ram, policy: spreadPins });
    const beside = await predict({ ...inputs[1], policy: spreadPins });
    expect(decisions(main.events)).toEqual(decisions(events.main));
    // What the CPU keeps for another prompt may be asked back once its part is over.
    const own = decisions(events.beside).filter((event) => !(event.kind === "drop" && event.reason === "trim"));
    expect(decisions(beside.events)).toEqual(own);
    expect(own.length).toBeGreaterThan(20);
    expect(budgets.length).toBeGreaterThan(0);
    expect(main.runs.at(-1)!.peakBytes).toBe(result.stats.vram.peak);
    expect(beside.runs.at(-1)!.peakBytes).toBe(result.stats.others![0]!.vram.peak);
  } finally {
    await engine.close();
  }
});
