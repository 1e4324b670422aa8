import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareNoise } from "../../src/sampling/prepareNoise.ts";
import { openDevice } from "./openDevice.ts";
import { summary } from "./report.ts";
import { runGoldens } from "./runGoldens.ts";

// Goldens made here, so that what the runner says of an altered one is known wherever the tests run.
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-goldens-"));
});
afterEach(() => rm(folder, { recursive: true }));

// 16 values a picture: then two draws of one are one draw of two, and both outputs are the same noise
const SHAPE = [2, 4, 4];
const noise = () => prepareNoise(SHAPE, 7n);
const device = openDevice({ name: undefined, precision: "fp32" });
const run = () => runGoldens(folder, { device });

test("an unaltered case passes", async () => {
  await writeCase("case", { "out.noise": noise(), "out.plain": noise() });
  expect(await run()).toMatchObject([{ name: "case", kind: "rng.noise_inds", status: "passed", ratio: 0 }]);
});

test("an altered value fails beyond the tolerance, and only there", async () => {
  const altered = noise();
  altered[23]! += 0.9e-3;
  await writeCase("within", { "out.noise": altered, "out.plain": noise() });
  altered[23]! += 1e-3;
  await writeCase("beyond", { "out.noise": altered, "out.plain": noise() });
  const [beyond, within] = await run();
  expect(within).toMatchObject({ status: "passed", worst: "out.noise" });
  expect(beyond).toMatchObject({ status: "failed", worst: "out.noise" });
  expect(beyond!.notes[0]).toMatch(/^out\.noise: value 23: .* x tolerance\)$/);
  expect(beyond!.ratio).toBeCloseTo(1.9, 1);
});

test.each([
  [
    "a value that is NaN",
    { "out.noise": noise().fill(Number.NaN, 5, 6), "out.plain": noise() },
    "out.noise: value 5: ",
  ],
  ["an output that the runner does not know", { "out.noise": noise(), "out.new": noise() }, "out.new: not computed"],
  ["no outputs", {}, "the case expects no output at all"],
])("%s fails", async (_, tensors, note) => {
  await writeCase("case", tensors);
  const [result] = await run();
  expect(result!.status).toBe("failed");
  expect(result!.notes[0]).toContain(note);
});

test("another shape fails", async () => {
  await writeCase("case", { "out.noise": noise(), "out.plain": noise() }, { shape: [4, 2, 4] });
  expect((await run())[0]!.notes).toContain("out.noise: shape [2,2,4], expected [2,4,4] (Infinity x tolerance)");
});

test("a case that cannot be read fails, other json and weights are no cases, an unknown kind is skipped", async () => {
  await writeFile(path.join(folder, "broken.json"), "{");
  await writeFile(path.join(folder, "map.json"), JSON.stringify({ "0": "qint8" }));
  await writeFile(path.join(folder, "weights.json"), JSON.stringify({ name: "weights", kind: "weights" }));
  await writeFile(path.join(folder, "z.json"), JSON.stringify({ name: "z", kind: "text.telepathy" }));
  const listed = { name: "lacking", kind: "rng.noise_inds", tensors: { "out.noise": ["float32", [1]] } };
  await writeFile(path.join(folder, "lacking.json"), JSON.stringify(listed));
  const results = await run();
  expect(results.map(({ status, notes }) => `${status}: ${notes[0]}`)).toEqual([
    expect.stringContaining("failed: unreadable case: "),
    expect.stringMatching(/^failed: unreadable case: .* lacks out\.noise, which the case lists$/),
    "skipped: kind not built yet",
  ]);
  expect(summary(results)).toBe("0 passed, 2 failed, 1 skipped");
});

async function writeCase(name: string, tensors: Record<string, Float32Array>, params: object = {}): Promise<void> {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [key, data] of Object.entries(tensors)) {
    header[key] = { dtype: "F32", shape: SHAPE, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
    parts.push(new Uint8Array(data.buffer));
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await writeFile(path.join(folder, `${name}.safetensors`), Buffer.concat([length, text, ...parts]));
  const json = {
    name,
    kind: "rng.noise_inds",
    params: { seed: "7", shape: SHAPE, noise_inds: [0, 1], ...params },
    tolerance: { atol: 1e-3, rtol: 0 },
    tensors: Object.fromEntries(Object.keys(tensors).map((key) => [key, ["float32", SHAPE]])),
  };
  await writeFile(path.join(folder, `${name}.json`), JSON.stringify(json));
}
