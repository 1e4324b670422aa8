import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type EngineCore } from "../../src/engine/engine.ts";
import type { JobEvent } from "../../src/engine/messages.ts";
import { decodePng } from "../../src/formats/png.ts";
import { describeEngineNodes } from "../../src/library/describeEngineNodes.ts";
import { readWorkflowText } from "../../src/library/readWorkflowText.ts";
import { objectInfo } from "../../src/workflow/objectInfo.ts";
import { n } from "../nodes/world.ts";

/** The example nodes, and a broken file beside them, in a real engine. */
const examples = fileURLToPath(new URL("../../examples/custom-nodes", import.meta.url));
let folder: string;
let engine: EngineCore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-custom-engine-"));
  writeFileSync(join(folder, "broken.ts"), "export const = 5;");
  writeFileSync(
    join(folder, "fails.js"),
    `export const Fails = { name: "Fails", inputs: { x: { type: "INT" } }, outputs: [], outputNode: true,
       execute({ x }) { throw new RangeError("x is " + x); } };`,
  );
  const options = { device: "cpu", baseDirectory: folder, disableDynamicVram: false, forceFp32: false };
  engine = await createEngine(
    { ...options, disableMetadata: false, verbose: false, customNodes: [examples, folder] },
    { onCrumb: () => {}, onStage: () => {} },
  );
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function run(prompt: Parameters<EngineCore["validate"]>[0]["prompt"]) {
  const events: JobEvent[] = [];
  const { signal } = new AbortController();
  const result = await engine.run({ id: "job", prompt, extraPngInfo: {} }, signal, (event) => events.push(event));
  return { result, warnings: events.flatMap((event) => (event.kind === "warning" ? [event.text] : [])) };
}

describe("custom nodes in the engine", () => {
  test("run among the built-in ones; what is broken is told once, with file and reason", async () => {
    const prompt = {
      lines: n("ExampleTextLines", { text: "one\n\n two " }),
      shown: n("PreviewAny", { source: ["lines", 0] }),
      grey: n("EmptyImage", { width: 8, height: 8, batch_size: 1, color: 0x90a0ff }),
      few: n("ExamplePosterize", { image: ["grey", 0], levels: "3" }),
      save: n("SaveImage", { images: ["few", 0], filename_prefix: "few" }),
    };
    const { result, warnings } = await run(prompt);
    expect(warnings).toEqual([expect.stringMatching(/broken\.ts: left out, it does not load: .*Unexpected token/)]);
    expect(result).toMatchObject({ status: "success", outputs: { shown: { text: ["one", "two"] } } });
    const { data } = decodePng(readFileSync(join(folder, "output", "few_00001_.png")));
    expect([...data.subarray(0, 3)]).toEqual([127, 127, 255]);
    expect((await run(prompt)).warnings).toEqual([]);
  });

  test("are validated as the others are", async () => {
    const bad = { f: n("Fails", { x: "much" }) };
    expect(await engine.validate({ prompt: bad })).toMatchObject({
      ok: false,
      nodeErrors: { f: { class_type: "Fails", errors: [{ type: "invalid_input_type" }] } },
    });
  });

  test("one that fails is an error of its own", async () => {
    const { result } = await run({ f: n("Fails", { x: 3 }) });
    expect(result).toMatchObject({
      status: "error",
      node: "f",
      classType: "Fails",
      currentInputs: { x: [3] },
      error: {
        code: "custom-node-failed",
        message: `x is 3 (the node's own error: Fails of ${join(folder, "fails.js")})`,
      },
    });
  });

  test("are in the catalogue, and the page's workflows with them convert", async () => {
    const declared = engine.declarations();
    const posterize = declared.find(({ name }) => name === "ExamplePosterize")!;
    expect(objectInfo(posterize)).toMatchObject({
      display_name: "Posterize",
      python_module: "custom_nodes.posterize",
      input: { required: { levels: ["INT", { default: 4, min: 2, max: 256, display: "slider" }] } },
      output_is_list: [false],
    });
    const ui = {
      nodes: [
        {
          id: 1,
          type: "ExampleTextLines",
          widgets_values: ["a\nb"],
          outputs: [{ name: "lines", links: [1] }],
          mode: 0,
        },
        { id: 2, type: "PreviewAny", inputs: [{ name: "source", link: 1 }], mode: 0 },
      ],
      links: [[1, 1, 0, 2, 0, "STRING"]],
    };
    const { prompt } = await readWorkflowText(
      { name: "page.json", json: JSON.stringify(ui) },
      describeEngineNodes(declared),
    );
    expect(prompt).toMatchObject({ "1": { class_type: "ExampleTextLines", inputs: { text: "a\nb" } } });
    expect((await run(prompt)).result).toMatchObject({ outputs: { "2": { text: ["a", "b"] } } });
  });
});
