import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openTextEncoder, type TextEncoder, textInputs } from "../../src/models/text/index.ts";
import type { LoadedModel, Runtime } from "../../src/runtime/runtime.ts";
import { openRuntime } from "../support/openRuntime.ts";

const file = fileURLToPath(new URL("../../demo/models/text_encoders/weir-demo-te.safetensors", import.meta.url));
const IDS = [1, 2, 3, 4, 5];

async function load(runtime: Runtime, taps: readonly number[]): Promise<LoadedModel> {
  return runtime.load(openTextEncoder(await openSafetensors(file), { taps }));
}

async function encode(loaded: LoadedModel): Promise<Float32Array> {
  const encoder = loaded.model as TextEncoder;
  const run = await loaded.begin([encoder.pass(IDS.length)], { repeat: 1 });
  const [out] = await run.pass([await textInputs(encoder, IDS, 0)]);
  run.end();
  return out!["context"]!;
}

test("a text encoder opened again with other taps gives its own context, and its weights are there once", async () => {
  const alone = async (taps: readonly number[]) => {
    const runtime = await openRuntime("reference", { precision: "native" });
    const context = await encode(await load(runtime, taps));
    const { movedBytes } = runtime.stats().counters;
    await runtime.close();
    return { context, movedBytes };
  };
  const [few, many] = [await alone([1, 2]), await alone([1, 2, 3])];
  expect(many.context.length).toBe(1.5 * few.context.length);
  expect(many.movedBytes).toBeGreaterThan(few.movedBytes);

  const runtime = await openRuntime("reference", { precision: "native" });
  try {
    const first = await load(runtime, [1, 2]);
    const second = await load(runtime, [1, 2, 3]);
    expect((first.model as TextEncoder).taps).toEqual([1, 2]);
    expect((second.model as TextEncoder).taps).toEqual([1, 2, 3]);
    expect(await encode(first)).toEqual(few.context);
    expect(await encode(second)).toEqual(many.context);
    // The second brings the one layer more that it reads.
    expect(runtime.stats().counters.movedBytes).toBe(many.movedBytes);
    const again = await load(runtime, [1, 2]);
    expect(await encode(again)).toEqual(few.context);
    expect(runtime.stats().counters.movedBytes).toBe(many.movedBytes);
    // What closes one of them closes the file, for all.
    await again.close();
    expect(runtime.stats().residency.residentBytes).toBe(0);
    expect(await encode(await load(runtime, [1, 2]))).toEqual(few.context);
  } finally {
    await runtime.close();
  }
});
