import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WeirContext } from "../../nodes/context.ts";
import { loadCustomNodes } from "./loadCustomNodes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-custom-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const plain = (name: string, run = "({ outputs: [1] })") =>
  `{ name: "${name}", inputs: {}, outputs: [{ name: "N", type: "INT" }], execute: async () => ${run} }`;
const load = async (loadMs?: number) => {
  const { nodes, warnings } = await loadCustomNodes([folder], new Set(["SaveImage"]), loadMs);
  return {
    nodes,
    names: nodes.map(({ name }) => name),
    warnings: warnings.map((text) => text.replace(`${folder}/`, "")),
  };
};

describe("custom nodes", () => {
  test("from JavaScript and TypeScript of every kind, packs, lists and defaults", async () => {
    file("a.js", `export const A = ${plain("A")};`);
    file("b.cjs", `module.exports = { B: ${plain("B")} };`);
    file("c.mjs", `export default [${plain("C1")}, ${plain("C2")}];`);
    file("d.ts", `const made: string = "D"; export default { ...${plain("x")}, name: made } satisfies object;`);
    file(
      "pack/index.ts",
      'import { word } from "./lib/_word.ts"; import { node, kinds, input } from "weir";\n' +
        'export const E = node({ name: word, category: "c", inputs: { n: input.int({ default: 1 }), image: kinds.IMAGE.link() }, outputs: { IMAGE: kinds.IMAGE.output }, execute: ({ image }) => ({ IMAGE: image }) });',
    );
    file("pack/lib/_word.ts", 'export const word: string = "E";');
    file("_helper.ts", "throw new Error('nobody loads this')");
    file("types.d.ts", "export type T = 1;");
    file("a.test.ts", "throw new Error('nobody loads this')");
    file("notes.md", "# no code");
    file("data/rows.json", "{}");
    const { nodes, names, warnings } = await load();
    expect({ names, warnings }).toEqual({ names: ["A", "B", "C1", "C2", "D", "E"], warnings: [] });
    expect(nodes.map(({ pythonModule }) => pythonModule)).toEqual(
      ["a", "b", "c", "c", "d", "pack"].map((name) => `custom_nodes.${name}`),
    );
    expect(nodes[0]).toMatchObject({ displayName: "A", category: "custom" });
    expect(await nodes[0]!.execute({}, {} as WeirContext)).toEqual({ outputs: [1] });
    const image = { width: 1, height: 1, channels: 3, batch: 1, data: new Float32Array(3) };
    expect(await nodes[5]!.execute({ n: 1, image }, {} as WeirContext)).toEqual({ outputs: [image] });
  });

  test("the example's load", async () => {
    const examples = fileURLToPath(new URL("../../../examples/custom-nodes", import.meta.url));
    const { nodes, warnings } = await loadCustomNodes([examples], new Set());
    expect(warnings).toEqual([]);
    expect(nodes.map(({ name }) => name)).toEqual(["ExamplePosterize", "ExampleTextLines"]);
  });

  test("what is broken is left out with its reason, the rest loads", async () => {
    file("1.js", "export const = 5;");
    file("2.ts", "throw new Error('no licence');");
    file("3.js", "export const helper = () => 1;");
    file("4.js", `export const A = { ...${plain("A")}, inputs: { x: { type: "IMAGE" } } };`);
    file("5.js", `export const A = { ...${plain("A")}, outputs: ["IMAGE"] };`);
    file("6.js", `export const A = { ...${plain("")} };`);
    file("7.js", `export const S = ${plain("SaveImage")}; export const ok = ${plain("Fine")};`);
    file("8.js", `export const again = ${plain("Fine")};`);
    file("9.mjs", "await new Promise(() => {});");
    const { names, warnings } = await load(1000);
    expect(names).toEqual(["Fine"]);
    expect(warnings).toEqual([
      expect.stringMatching(/^1\.js: left out, it does not load: .*Unexpected token/),
      "2.ts: left out, it does not load: no licence",
      "3.js: exports no node: an object with name, inputs, outputs and execute",
      "4.js: left out: A.x has no type of these: LINK, INT, FLOAT, STRING, BOOLEAN, COMBO, COMFY_DYNAMICCOMBO_V3",
      "5.js: left out: output 0 of A has no name and type",
      "6.js: left out: a node has no name: a text that workflows call it by",
      "7.js: left out: SaveImage is a class of Weir's own, and workflows mean that one",
      `8.js: left out: Fine is in ${join(folder, "7.js")} already`,
      "9.mjs: left out, it does not load: it takes more than 1 s",
    ]);
  });

  test("a folder that is not there is refused", async () => {
    await expect(loadCustomNodes([join(folder, "nope")], new Set())).rejects.toMatchObject({
      code: "usage",
      message: `--custom-nodes is ${join(folder, "nope")}, and there is no such folder`,
    });
  });

  test("what a node throws is its own error; codes, interrupts and results pass", async () => {
    file(
      "a.js",
      `export const A = ${plain("A", "{ throw new TypeError('x is not there') }")};
      export const B = { ...${plain("B")}, execute() { throw Object.assign(new Error("too small"), { code: "bad-node-input" }); },
        validate: () => ({ input: "n", details: "odd" }), checkLazyStatus() { throw 5; } };
      export const C = { ...${plain("C")}, execute(_, { signal }) { signal.throwIfAborted(); } };`,
    );
    const { nodes } = await load();
    const [a, b, c] = nodes;
    const context = { signal: AbortSignal.abort() } as WeirContext;
    await expect(a!.execute({}, context)).rejects.toMatchObject({
      code: "custom-node-failed",
      message: `x is not there (the node's own error: A of ${join(folder, "a.js")})`,
    });
    await expect(b!.execute({}, context)).rejects.toMatchObject({ code: "bad-node-input", message: "too small" });
    expect(await b!.validate!({}, context)).toEqual({ input: "n", details: "odd" });
    await expect(b!.checkLazyStatus!({}, context)).rejects.toMatchObject({ code: "custom-node-failed" });
    await expect(c!.execute({}, context)).rejects.toMatchObject({ name: "AbortError" });
  });
});
