import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { WeirNode } from "../../src/nodes/context.ts";
import { allNodes } from "../../src/nodes/index.ts";
import { absentNodes } from "./absentNodes.ts";

const root = join(import.meta.dirname, "../..");
const recordings = join(root, "../shared/golden/api/object_info");

/** What stands around the tables of docs/nodes.md. */
const INTRODUCTION = `# Nodes

This page is made of the nodes' own declarations: \`npx vitest run test/nodes/nodesPage.test.ts -u\` writes it anew.

Classes have ComfyUI's names, inputs, bounds and outputs, held to what ComfyUI 0.33 itself answers to \`GET /object_info\`; numbers are held to recorded
results where there are any. A node is one file in \`src/nodes\`.

- A workflow with a class that is not here is refused before anything runs, with the class's name.
- Noise is always PyTorch's CPU generator's: \`noise_device\` and the samplers named \`_gpu\` change nothing, and a seed gives what it gives in ComfyUI with \`--cpu\`.
- Pictures load from PNG (all depths), JPEG, WebP (still) and BMP; they are saved as PNG, or as EXR by SaveImageAdvanced.
`;

/** The comment above each node's declaration, by class. */
function comments(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const folder = join(root, "src/nodes");
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, comment, name] of text.matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+) = (?:list)?[nN]ode\(/g,
    ))
      found.set(name!, comment!.replace(/\s*\n \* ?/g, " ").trim());
  }
  return found;
}

/** What a node does, in a line of a table; sources are for who reads the code. "" where nothing says it. */
const told = ({ description }: WeirNode, comment: string | undefined): string =>
  (comment ?? description ?? "").replace(/ Sources?: .*$/, "").replaceAll("|", "\\|");

test("every node says what it does, in a comment above it or its description", () => {
  const said = comments();
  expect(allNodes.filter((node) => told(node, said.get(node.name)) === "").map(({ name }) => name)).toEqual([]);
});

test("docs/nodes.md lists every node there is, and those that are not", async () => {
  const said = comments();
  const categories = [...new Set(allNodes.map(({ category }) => category))].sort();
  const parts = [INTRODUCTION];
  parts.push(`## There are ${allNodes.length}\n`);
  for (const category of categories) {
    parts.push(`### ${category}\n`);
    parts.push("| class | on the page | what it does |\n|---|---|---|");
    for (const node of allNodes.filter((one) => one.category === category)) {
      const marks = `${node.deprecated ? " (deprecated)" : ""}${node.experimental ? " (experimental)" : ""}`;
      const shown = node.displayName === node.name ? "" : node.displayName;
      parts.push(`| \`${node.name}\`${marks} | ${shown} | ${told(node, said.get(node.name))} |`);
    }
    parts.push("");
  }
  parts.push("## Not there\n\nOf the classes of ComfyUI that were looked at, these are missing:\n");
  for (const { why, classes } of absentNodes) {
    parts.push(`- ${why}: ${classes.map((name) => `\`${name}\``).join(", ")}.`);
  }
  parts.push("");
  await expect(parts.join("\n")).toMatchFileSnapshot(join(root, "docs/nodes.md"));
});

describe("every class is either there or has a reason why not", () => {
  const absent = absentNodes.flatMap(({ classes }) => classes);
  const built = new Set(allNodes.map(({ name }) => name));

  test("none is both, none is named twice", () => {
    expect(absent.filter((name) => built.has(name))).toEqual([]);
    expect(new Set(absent).size).toBe(absent.length);
  });

  test.skipIf(!existsSync(recordings))("of all that are recorded (needs ../shared)", () => {
    const recorded = readdirSync(recordings).map((file) => file.replace(/\.json$/, ""));
    expect(recorded.filter((name) => !built.has(name) && !absent.includes(name))).toEqual([]);
    expect(absent.filter((name) => !recorded.includes(name))).toEqual([]);
  });
});
