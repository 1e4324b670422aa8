import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { Prompt } from "../../src/workflow/node.ts";

const demo = join(import.meta.dirname, "../../demo");

test("what moved in a run under a small budget is told, each with its weight, its model and its reason, and adds up to the counters", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-events-"));
  const engine = await createEngine(
    {
      ...{ device: "cpu", vramWeights: "40%", baseDirectory: folder, modelsDirectory: join(demo, "models") },
      ...{ disableDynamicVram: false, forceFp32: false, disableMetadata: false, verbose: false },
    },
    { onCrumb: () => {}, onStage: () => {} },
  );
  try {
    expect(engine.events({ since: null, max: 9 })).toEqual({ events: [], oldest: null, last: null });
    const prompt = JSON.parse(readFileSync(join(demo, "klein.json"), "utf8")) as Record<string, Prompt[string]>;
    for (const { inputs } of Object.values(prompt)) {
      for (const name of ["width", "height"])
        if (typeof inputs?.[name] === "number") Object.assign(inputs, { [name]: 64 });
      if (typeof inputs?.["steps"] === "number") Object.assign(inputs, { steps: 2 });
    }
    const result = await engine.run({ id: "a", prompt, extraPngInfo: {} }, new AbortController().signal, () => {});
    expect(result.status).toBe("success");
    const { events, oldest, last } = engine.events({ since: null, max: 4096 });
    expect([events[0]?.seq, events.at(-1)?.seq]).toEqual([oldest, last]);
    let moved = 0;
    for (const { event, weight, model } of events) {
      if (event.kind !== "move" && event.kind !== "undone") continue;
      expect([weight, model]).toEqual([expect.any(String), expect.stringMatching(/\.(safetensors|gguf) \(/)]);
      if (event.to === "vram") moved += event.kind === "move" ? event.bytes : -event.bytes;
    }
    expect(moved).toBe(engine.stats().counters.movedBytes);
    const reasons = new Set(events.flatMap(({ event }) => ("reason" in event ? [event.reason] : [])));
    for (const reason of ["pin", "stream", "used"]) expect(reasons).toContain(reason);
    expect(events.some(({ event }) => event.kind === "plan")).toBe(true);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
});
