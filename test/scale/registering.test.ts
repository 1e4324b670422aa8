import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFlux2 } from "../../bench/writeFlux2.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import { openRuntime } from "../support/openRuntime.ts";

/** Flux 2 dev as it is published, in a file of holes: 64 GB that take no disk. */
const DEV = { hidden: 6144, double: 8, single: 48, context: 15360 };
const MOST_MEMORY = 150e6;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-scale-"));
  file = path.join(folder, "dev.safetensors");
  await writeFlux2(file, DEV, { sparse: true, guidance: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("64 GB of dev's shapes are registered in 150 MB, without moving a byte", async () => {
  const { size, blocks } = await stat(file);
  expect(size).toBeGreaterThan(64e9);
  expect(blocks * 512).toBeLessThan(1e6);

  const runtime = await openRuntime("cpu");
  const before = process.memoryUsage().rss;
  const model = openFlux2(await openSafetensors(file));
  const loaded = runtime.load(model);
  expect(process.memoryUsage().rss - before).toBeLessThan(MOST_MEMORY);

  expect(model.dims).toMatchObject({ hidden: 6144, heads: 48, doubleBlocks: 8, singleBlocks: 48, context: 15360 });
  expect(model.dims.guidance).toBe(true);
  expect(model.weights.reduce((sum, { entry }) => sum + entry.bytes, 0)).toBeGreaterThan(64e9);
  const { counters, vram, residency } = runtime.stats();
  expect([counters.movedBytes, vram.used, residency.residentBytes]).toEqual([0, 0, 0]);
  await loaded.close();
  await runtime.close();
});
