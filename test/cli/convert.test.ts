import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { NodeDeclaration } from "../../src/engine/messages.ts";
import { encodePng } from "../../src/formats/encodePng.ts";
import { root } from "./built.ts";
import { type Script, statsAfter, weir } from "./harness.ts";

/** A noise into a node of the page alone, as the page saves it: its seed is beyond what a double holds. */
const ui = (type = "RandomNoise") =>
  `{"nodes": [{"id": 7, "type": "${type}", "widgets_values": [18446744073709551614, "fixed"]},
   {"id": 8, "type": "Note", "widgets_values": ["read me"]}], "links": [], "version": 0.4}`;

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-convert-"));
  writeFileSync(join(cwd, "ui.json"), ui());
});
afterEach(() => rmSync(cwd, { recursive: true }));
const run = (...argv: string[]) => weir(argv, { cwd });

const api = `{
  "7": {
    "inputs": {
      "noise_seed": 18446744073709551614
    },
    "class_type": "RandomNoise",
    "_meta": {
      "title": "RandomNoise"
    }
  }
}
`;

test("to stdout", async () => {
  expect(await run("convert", "ui.json")).toMatchObject({ code: 0, out: api, err: "" });
});

test("to a file, and what is in API format stays as it is", async () => {
  expect(await run("convert", "ui.json", "-o", "api.json")).toMatchObject({ code: 0, out: "", err: "" });
  expect(readFileSync(join(cwd, "api.json"), "utf8")).toBe(api);
  expect(await run("convert", "api.json")).toMatchObject({ code: 0, out: api });
  expect(readdirSync(cwd).sort()).toEqual(["api.json", "ui.json"]);
});

test("out of a picture", async () => {
  const pixels = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  writeFileSync(join(cwd, "a.png"), encodePng(pixels, { workflow: ui() }));
  expect(await run("convert", "a.png")).toMatchObject({ code: 0, out: api });
});

test("a class that is not here is named", async () => {
  writeFileSync(join(cwd, "ui.json"), ui("Strange"));
  const { code, out, err } = await run("convert", "ui.json");
  expect({ code, err }).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "warning: node 7: there is no node class "Strange" here, so its values have no names
    ",
    }
  `);
  expect(out).not.toContain("class_type");
});

test.each([
  [["convert", "none.json"], 2],
  [["convert", "ui.json", "-o", "no/such/folder.json"], 1],
  [["convert"], 2],
])("%j exits with %i", async (argv, code) => expect(await run(...argv)).toMatchObject({ code, out: "" }));

test.each([
  ["[", 3],
  ['{"nodes": [{}], "links": []}', 3],
])("%j exits with %i", async (text, code) => {
  writeFileSync(join(cwd, "ui.json"), text);
  expect(await run("convert", "ui.json")).toMatchObject({ code, out: "" });
});

test("weir run takes it, and the picture will carry it", async () => {
  const nodes: readonly NodeDeclaration[] = [];
  const jobs: unknown[] = [];
  const script: Script = {
    nodes,
    async job({ prompt, extraPngInfo }) {
      jobs.push({ prompt, extraPngInfo });
      return { status: "success", outputs: {}, stats: statsAfter(1), nodeErrors: {} };
    },
  };
  expect(await weir(["run", "ui.json"], { cwd, script })).toMatchObject({ code: 0 });
  expect(jobs).toMatchObject([
    {
      prompt: { "7": { class_type: "RandomNoise", inputs: { noise_seed: 2n ** 64n - 2n } } },
      extraPngInfo: { workflow: { nodes: [{ id: 7 }, { id: 8 }] } },
    },
  ]);
});

test("--custom-nodes: the values of a user's nodes get their names, as the files declare them", async () => {
  writeFileSync(
    join(cwd, "own.json"),
    `{"nodes": [{"id": 1, "type": "ExamplePosterize", "widgets_values": [5],
      "inputs": [{"name": "image", "type": "IMAGE", "link": 1}]},
      {"id": 2, "type": "LoadImage", "widgets_values": ["a.png", "image"]}], "links": [[1, 2, 0, 1, 0, "IMAGE"]], "version": 0.4}`,
  );
  const without = await run("convert", "own.json");
  expect(without.err).toContain('there is no node class "ExamplePosterize" here');
  const { code, out, err } = await run("convert", "own.json", "--custom-nodes", join(root, "examples", "custom-nodes"));
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)["1"].inputs).toEqual({ levels: 5, image: ["2", 0] });
});
