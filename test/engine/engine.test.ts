import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type EngineCore } from "../../src/engine/engine.ts";
import type { Job, JobEvent } from "../../src/engine/messages.ts";
import { n } from "../nodes/world.ts";

let folder: string;
let engine: EngineCore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-engine-"));
  mkdirSync(join(folder, "input"));
  const options = { device: "cpu", baseDirectory: folder, disableDynamicVram: false, forceFp32: false };
  engine = await createEngine(
    { ...options, disableMetadata: false, verbose: false },
    { onCrumb: () => {}, onStage: () => {} },
  );
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const prompt = {
  "1": n("EmptyImage", { width: 16, height: "16", batch_size: 1, color: 7 }),
  "2": n("SaveImage", { images: ["1", 0], filename_prefix: "a" }),
  "3": n("ImageInvert", { image: ["1", 0] }),
  "4": n("SaveImage", { images: ["3", 0], filename_prefix: "b" }),
};
async function run(job: Partial<Job>) {
  const events: JobEvent[] = [];
  const result = await engine.run({ id: "job", prompt, extraPngInfo: {}, ...job }, new AbortController().signal, (e) =>
    events.push(e),
  );
  return { result, events };
}

describe("the engine", () => {
  test("validates without running", async () => {
    expect(await engine.validate({ prompt })).toMatchObject({
      ok: true,
      outputs: ["2", "4"],
      prompt: { "1": { inputs: { height: 16 } } },
    });
    const bad = { ...prompt, "1": n("EmptyImage", { width: 0, height: 16, batch_size: 1, color: 7 }) };
    expect(await engine.validate({ prompt: bad })).toMatchObject({
      ok: false,
      error: { type: "prompt_outputs_failed_validation" },
      nodeErrors: { "1": { dependent_outputs: ["2", "4"] } },
      lines: ['node 1 (EmptyImage): "width" is 0, the least is 1'],
      missingFiles: false,
    });
    expect(await engine.validate({ prompt, targets: [] })).toMatchObject({ error: { type: "prompt_no_outputs" } });
  });

  test("runs only the targets, finds the rest of the prompt again later, and forgets it when asked to", async () => {
    const first = await run({ targets: ["4"] });
    expect(first.result).toMatchObject({ status: "success", timestamp: expect.any(Number) });
    expect(readdirSync(join(folder, "output"))).toEqual(["b_00001_.png"]);
    const cached = ({ events }: typeof first) => events.find(({ kind }) => kind === "execution_cached");
    expect(cached(await run({}))).toMatchObject({ nodes: ["1", "3", "4"] });
    await engine.free({ unloadModels: true, freeMemory: false });
    expect(cached(await run({ targets: ["2"] }))).toMatchObject({ nodes: ["1", "2", "3", "4"] });
    await engine.free({ unloadModels: true, freeMemory: true });
    expect(cached(await run({ targets: ["2"] }))).toMatchObject({ nodes: [] });
  });

  test("an output folder that cannot be made or written ends a job that saves before anything runs", async () => {
    const place = join(folder, "in-the-way");
    writeFileSync(place, "a file");
    const options = { device: "cpu", baseDirectory: folder, disableDynamicVram: false, forceFp32: false };
    const other = await createEngine(
      { ...options, outputDirectory: join(place, "output"), disableMetadata: false, verbose: false },
      { onCrumb: () => {}, onStage: () => {} },
    );
    try {
      const events: JobEvent[] = [];
      const go = (given: Job["prompt"]) =>
        other.run({ id: "job", prompt: given, extraPngInfo: {} }, new AbortController().signal, (e) => events.push(e));
      expect(await go(prompt)).toMatchObject({
        status: "error",
        node: "2",
        classType: "SaveImage",
        error: {
          code: "output-unwritable",
          message: `cannot write into ${join(place, "output")} (ENOTDIR). Choose another --output-directory`,
        },
        executed: [],
      });
      expect(events.filter(({ kind }) => kind === "executing")).toEqual([]);
      expect(await go({ "1": n("PreviewAny", { source: "shown" }) })).toMatchObject({ status: "success" });
    } finally {
      await other.close();
    }
  });

  test("an error says where, with what, and what was there; earlier outputs are kept", async () => {
    const broken = {
      "1": n("PreviewAny", { source: "early" }),
      "2": n("LoadImage", { image: "broken.png" }),
      "3": n("SaveImage", { images: ["2", 0], filename_prefix: "c" }),
    };
    writeFileSync(join(folder, "input", "broken.png"), "no picture");
    const { result, events } = await run({ prompt: broken });
    expect(result).toMatchObject({
      status: "error",
      node: "2",
      classType: "LoadImage",
      where: ["node 2 (LoadImage)"],
      currentInputs: { image: ["broken.png"] },
      currentOutputs: ["1"],
      executed: ["1"],
      outputs: { "1": { text: ["early"] } },
      timestamp: expect.any(Number),
    });
    expect(events.map(({ kind }) => kind).slice(-2)).toEqual(["progress_state", "executing"]);
  });

  test("declares what the folders hold now", () => {
    const pictures = () => engine.declarations().find(({ name }) => name === "LoadImage")!.inputs["image"];
    expect(pictures()).toMatchObject({ options: ["broken.png"] });
    rmSync(join(folder, "input", "broken.png"));
    expect(pictures()).toMatchObject({ options: [] });
  });
});
