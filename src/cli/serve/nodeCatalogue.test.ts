import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { declare } from "../../engine/declare.ts";
import { createFolders } from "../../nodes/folders.ts";
import { allNodes } from "../../nodes/index.ts";
import { engineCatalogue } from "./engineCatalogue.ts";
import { nodeCatalogue } from "./nodeCatalogue.ts";

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "weir-catalogue-"));
  mkdirSync(join(base, "input"));
});
afterAll(() => rmSync(base, { recursive: true }));

test.each(["the server's own", "the engine's"])("%s lists a picture that came since it started", async (whose) => {
  const folders = createFolders({ baseDirectory: base });
  const declarations = async () => allNodes.map((node) => declare(node, folders));
  const validate = async () => ({ ok: false }) as never;
  const catalogue =
    whose === "the engine's"
      ? engineCatalogue(Promise.resolve({ declarations, validate }))
      : nodeCatalogue(allNodes, folders);
  const options = async () => [
    (await catalogue.find("LoadImage"))!.inputs["image"],
    (await catalogue.all()).find(({ name }) => name === "LoadImage")!.inputs["image"],
  ];
  const name = `${whose}.png`;
  for (const each of await options()) expect(each).toMatchObject({ options: expect.not.arrayContaining([name]) });
  writeFileSync(join(base, "input", name), "");
  for (const each of await options()) expect(each).toMatchObject({ options: expect.arrayContaining([name]) });
});
