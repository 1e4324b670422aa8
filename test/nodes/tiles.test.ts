import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { n, openWorld, type World } from "./world.ts";

const demo = fileURLToPath(new URL("../../demo/", import.meta.url));

let runtime: Runtime;
let world: World;
beforeAll(async () => {
  runtime = await openRuntime("cpu");
  world = openWorld({ runtime, base: demo });
});
afterAll(async () => {
  world.close();
  await runtime.close();
});

test("the tiling nodes say how many tiles are done", { timeout: 120_000 }, async () => {
  const steps: Record<string, [number, number][]> = {};
  const tiles = { tile_size: 64, overlap: 0, temporal_size: 64, temporal_overlap: 8 };
  await world.run(
    {
      vae: n("VAELoader", { vae_name: "weir-demo-vae.safetensors" }),
      picture: n("EmptyImage", { width: 128, height: 64, batch_size: 2, color: 0x336699 }),
      encode: n("VAEEncodeTiled", { pixels: ["picture", 0], vae: ["vae", 0], ...tiles }),
      decode: n("VAEDecodeTiled", { samples: ["encode", 0], vae: ["vae", 0], ...tiles }),
      save: n("PreviewImage", { images: ["decode", 0] }),
    },
    {
      onEvent: (event) => {
        if (event.kind === "progress") (steps[event.node] ??= []).push([event.value, event.max]);
      },
    },
  );
  for (const node of ["encode", "decode"]) {
    const [, max] = steps[node]![0]!;
    // three tilings of two pictures, of more than a tile each
    expect(max).toBeGreaterThanOrEqual(2 * 3);
    expect(steps[node]).toEqual(Array.from({ length: max }, (_, i) => [i + 1, max]));
  }
});
