import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allNodes } from "../../src/nodes/index.ts";
import { convertWorkflow } from "../../src/workflow/convert/convertWorkflow.ts";
import { describeDeclared, describeObjectInfo } from "../../src/workflow/convert/nodeDescription.ts";
import { parseJson } from "../../src/workflow/losslessJson.ts";
import { noFolders, recordedClass, sharedFolder } from "./objectInfoNodes.ts";

const folder = new URL("golden/api/workflows/", sharedFolder);
const here = existsSync(folder);
const names = here
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".ui.json"))
      .map((name) => name.slice(0, -".ui.json".length))
  : [];

describe.skipIf(!here)("conversions are the page's (needs ../shared)", () => {
  test("all are here", () => expect(names.length).toBeGreaterThanOrEqual(79));

  const recorded = (name: string) => {
    try {
      return describeObjectInfo(recordedClass(name));
    } catch {
      return undefined;
    }
  };
  test.each(names)("%s", (name) => {
    const { prompt } = convertWorkflow(read(`${name}.ui.json`), options(name, recorded));
    expect(asDoubles(prompt)).toEqual(asDoubles(read(`${name}.api.json`)));
  });

  // With empty model folders Weir's own declarations are as good as the recorded ones, where it has the node.
  const own = new Map(allNodes.map((node) => [node.name, describeDeclared(node, noFolders)]));
  const covered = names.filter((name) =>
    Object.values(read(`${name}.api.json`) as Record<string, { class_type?: string }>).every(
      ({ class_type }) => class_type !== undefined && own.has(class_type),
    ),
  );
  test("Weir has the nodes of many", () => expect(covered.length).toBeGreaterThan(30));
  test.each(covered)("%s by Weir's own declarations", (name) => {
    const { prompt, unknown } = convertWorkflow(
      read(`${name}.ui.json`),
      options(name, (type) => own.get(type)),
    );
    expect(unknown).toEqual({});
    expect(asDoubles(prompt)).toEqual(asDoubles(read(`${name}.api.json`)));
  });
});

function options(name: string, describe: Parameters<typeof convertWorkflow>[1]["describe"]) {
  return { name, describe, random: () => 0, now: new Date(2026, 0, 2, 3, 4, 5) };
}

function read(name: string): unknown {
  return parseJson(readFileSync(new URL(name, folder), "utf8"));
}

/** The page is JavaScript: beyond 2^53 its seeds are rounded, and ours are not. */
function asDoubles(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(asDoubles);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asDoubles(item)]));
}
