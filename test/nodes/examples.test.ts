import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodePng } from "../../src/formats/png.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Prompt } from "../../src/workflow/node.ts";
import { readWorkflow } from "../../src/workflow/readWorkflow.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { n, openWorld, type World } from "./world.ts";

const root = join(import.meta.dirname, "../..");

/** Examples for the demo models, a quarter as wide and high and in two steps: what they do, and not what they show, is looked at. */
describe("examples", () => {
  let runtime: Runtime;
  let world: World;
  beforeAll(async () => {
    runtime = await openRuntime("cpu", { precision: "native" });
    world = openWorld({ runtime, base: join(root, "demo") });
  });
  afterAll(async () => {
    world.close();
    await runtime.close();
  });

  /** Sizes in pixels, which the examples keep multiples of 64 (or, of places, of 16). */
  const SIZES = new Set(["width", "height", "x", "y"]);
  function small(name: string): Prompt {
    const file = `examples/${name}.json`;
    const { prompt } = readWorkflow({ name: file, json: readFileSync(join(root, file), "utf8") });
    return Object.fromEntries(
      Object.entries(prompt).map(([id, node]) => [
        id,
        {
          ...node,
          inputs: Object.fromEntries(
            Object.entries(node.inputs).map(([key, value]) => {
              if (typeof value !== "number") return [key, value];
              if (SIZES.has(key)) return [key, value / 4];
              if (key === "steps") return [key, 2];
              return [key, key === "step" ? 1 : value];
            }),
          ),
        },
      ]),
    );
  }
  const saved = (filename: string) => decodePng(readFileSync(join(world.folders.output, filename)));

  test("inpaint.json keeps the first picture's pixels outside the mask and makes others inside", {
    timeout: 120_000,
  }, async () => {
    const prompt = small("inpaint");
    await world.run({ ...prompt, "90": n("SaveImage", { images: ["8", 0], filename_prefix: "first" }) });
    const [first, second] = [saved("first_00001_.png"), saved("inpaint_00001_.png")];
    expect([second.width, second.height, second.channels]).toEqual([64, 64, 3]);
    const differs = { inside: 0, outside: 0 };
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 64; x++) {
        const inside = x >= 12 && x < 52 && y >= 12 && y < 52;
        for (let c = 0; c < 3; c++) {
          const at = (y * 64 + x) * 3 + c;
          if (first.data[at] !== second.data[at]) differs[inside ? "inside" : "outside"]++;
        }
      }
    expect(differs.outside).toBe(0);
    expect(differs.inside).toBeGreaterThan(1000);
  });

  test("edit.json shows both pictures side by side", { timeout: 120_000 }, async () => {
    await world.run(small("edit"));
    const { width, height, data } = saved("edit_00001_.png");
    expect([width, height]).toEqual([128, 64]);
    const rows = (from: number) =>
      Array.from({ length: 64 }, (_, y) => [...data.subarray((y * 128 + from) * 3, (y * 128 + from + 64) * 3)]);
    expect(rows(0)).not.toEqual(rows(64));
  });

  test("two-halves.json draws the second half with a LoRA", { timeout: 120_000 }, async () => {
    const prompt = small("two-halves");
    const lora = prompt["11"]!;
    const plain = { ...lora, inputs: { ...lora.inputs, strength_model: 0 } };
    await world.run(prompt);
    await world.run({ ...prompt, "11": plain });
    const [changed, without] = [saved("two-halves_00001_.png"), saved("two-halves_00002_.png")];
    expect([changed.width, changed.height]).toEqual([64, 64]);
    expect(changed.data).not.toEqual(without.data);
  });
});
