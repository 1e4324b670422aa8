import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assignEncodings } from "../../src/cli/quantize/assignEncodings.ts";
import { chooseType } from "../../src/cli/quantize/chooseType.ts";
import { findQuantType } from "../../src/cli/quantize/quantTypes.ts";
import { raiseOrder } from "../../src/cli/quantize/raiseOrder.ts";
import type { QuantizeReport } from "../../src/cli/quantize/report.ts";
import { openGguf } from "../../src/formats/gguf/gguf.ts";
import { openWeights } from "../../src/formats/openWeights.ts";
import { findCard } from "../../src/planner/cards.ts";
import { flux2Shapes } from "../support/flux2File.ts";
import { headerSource } from "../support/headerSource.ts";
import { root } from "./built.ts";
import { weir } from "./harness.ts";

const card = findCard("RTX 4090")!;

test("klein 9B for 8 GB: the type that stays, and the next larger one where it helps most and still fits", async () => {
  const source = headerSource(flux2Shapes({ hidden: 4096, double: 8, single: 24, context: 12_288 }));
  const choice = await chooseType(source, 8e9, card);
  if (choice.type === null || !choice.raised) throw new Error(choice.lines.join("\n"));
  const { type, raised, lines } = choice;
  expect([type.name, raised.type.name]).toEqual(["q5_k", "q6_k"]);
  // a prefix of the order, neither nothing nor all of it
  const free = assignEncodings(source, type).filter(({ to, why }) => to === type.encoding && why === null);
  const order = raiseOrder(free.map(({ name }) => name)).flat();
  expect([...raised.names]).toEqual(order.slice(0, raised.names.size));
  expect(raised.names.size).toBeGreaterThan(0);
  expect(raised.names.size).toBeLessThan(order.length);
  // rules still decide about the rest
  const assigned = assignEncodings(source, type, raised);
  const encodings = (pattern: RegExp) => [
    ...new Set(assigned.filter(({ name }) => pattern.test(name)).map(({ to }) => to)),
  ];
  expect(encodings(/modulation|_in\.|final_layer/)).toEqual(["BF16"]);
  expect(encodings(/blocks.*(qkv|proj|mlp|linear)/).sort()).toEqual(["Q5_K", "Q6_K"]);
  expect(lines.at(-1)).toMatch(
    /^q6_k for the \d+ of 112 matrices that it helps most, q5_k for the rest: 7\.\d+ GB of weights, which stay in 8\.00 GB as a whole \(planned for an RTX 4090\)$/,
  );
  // a little less memory raises fewer
  const less = await chooseType(source, 7.9e9, card);
  expect(less.raised?.names.size ?? 0).toBeLessThan(raised.names.size);
});

test("the demo's: the file holds both types, and its error is below that of the smaller one", {
  timeout: 120_000,
}, async () => {
  const dit = join(root, "demo/models/diffusion_models/weir-demo-dit.safetensors");
  const folder = mkdtempSync(join(tmpdir(), "weir-mixed-"));
  try {
    const source = await openWeights(dit);
    // how much a run takes beside weights is not this test's business
    let vram = 0;
    for (let megabytes = 80; vram === 0 && megabytes < 110; megabytes += 0.5)
      if ((await chooseType(source, megabytes * 1e6, card)).raised) vram = megabytes;
    await source.close();
    expect(vram).toBeGreaterThan(0);
    const run = async (out: string, ...argv: string[]) => {
      const { code, out: text, err } = await weir(["quantize", dit, join(folder, out), ...argv, "--json"]);
      expect(code, err).toBe(0);
      return JSON.parse(text) as QuantizeReport;
    };
    const mixed = await run("mixed.gguf", "--type", "auto", "--vram", `${vram}MB`, "--card", card.name);
    const plain = await run("plain.gguf", "--type", mixed.type);
    expect(mixed.raised).toBeDefined();
    expect(mixed.relativeRms).toBeLessThan(plain.relativeRms);
    expect(mixed.bytes).toBeGreaterThan(plain.bytes);
    const made = await openGguf(join(folder, "mixed.gguf"));
    const count = (name: string) =>
      [...made.tensors.values()].filter(
        (tensor) => /blocks.*weight$/.test(tensor.name) && tensor.encoding === findQuantType(name)!.encoding,
      ).length;
    expect(count(mixed.raised!.type)).toBe(mixed.raised!.tensors);
    expect(count(mixed.type)).toBeGreaterThan(0);
    await made.close();
    const { out } = await weir([
      "quantize",
      dit,
      join(folder, "mixed.gguf"),
      "--overwrite",
      "--type",
      "auto",
      "--vram",
      `${vram}MB`,
      "--card",
      card.name,
    ]);
    expect(out).toContain(`${mixed.raised!.type} (${mixed.raised!.tensors} tensors) and ${mixed.type}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
