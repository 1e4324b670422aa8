import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { declare } from "../../src/engine/declare.ts";
import { allNodes } from "../../src/nodes/index.ts";
import { objectInfo } from "../../src/workflow/objectInfo.ts";
import { noFolders, recordedClass, sharedFolder } from "./objectInfoNodes.ts";

/** What is recorded, with any words where it has prose: that is ours to write. */
function withAnyProse(recorded: unknown): unknown {
  if (recorded === "<text>") return expect.stringMatching(/\S/);
  if (Array.isArray(recorded)) return recorded.map(withAnyProse);
  if (typeof recorded !== "object" || recorded === null) return recorded;
  return Object.fromEntries(Object.entries(recorded).map(([key, value]) => [key, withAnyProse(value)]));
}

describe.skipIf(!existsSync(new URL("golden/api/object_info/", sharedFolder)))(
  "what /object_info says of a class is what ComfyUI says (needs ../shared)",
  () => {
    const recordings = readdirSync(new URL("golden/api/object_info/", sharedFolder));
    const recordedNodes = allNodes.filter(({ name }) => recordings.includes(`${name}.json`));

    test("most nodes are recorded", () => expect(recordedNodes.length).toBeGreaterThan(0.7 * allNodes.length));

    test.each(recordedNodes.map((node) => ({ node, name: node.name })))("$name", ({ node, name }) => {
      const recorded = withAnyProse(recordedClass(name)) as Record<string, unknown>;
      const own = objectInfo(declare(node, noFolders)) as Record<string, Record<string, unknown>>;
      // Keys beside the recorded ones are allowed at the top, and nowhere below.
      const shared = Object.fromEntries(Object.keys(recorded).map((key) => [key, own[key]]));
      expect(shared).toEqual(recorded);
      for (const [group, names] of Object.entries(own["input_order"]!))
        expect(Object.keys(own["input"]![group] as object)).toEqual(names);
    });
  },
);

test("every class says where it comes from, and what it is made of is plain data", () => {
  for (const node of allNodes) {
    const declared = declare(node, noFolders);
    expect(structuredClone(declared)).toEqual(declared);
    expect(objectInfo(declared)["python_module"]).toMatch(/^(nodes|comfy_extras\.\w+|custom_nodes\..+|weir)$/);
  }
});
