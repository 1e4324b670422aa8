import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allNodes } from "../../src/nodes/index.ts";
import { comboOptions, inputConfig } from "../../src/workflow/inputConfig.ts";
import { noFolders, recordedClass, sharedFolder } from "./objectInfoNodes.ts";

/** Combos that list what is built so far: their options are some of ComfyUI's. */
const GROWING = new Set(["KSamplerSelect.sampler_name", "KSampler.sampler_name", "KSamplerAdvanced.sampler_name"]);

describe.skipIf(!existsSync(new URL("golden/api/object_info/", sharedFolder)))(
  "declarations are ComfyUI's (needs ../shared)",
  () => {
    const recordings = readdirSync(new URL("golden/api/object_info/", sharedFolder));
    const recordedNodes = allNodes.filter(({ name }) => recordings.includes(`${name}.json`));

    test("nearly all nodes are recorded", () => expect(recordedNodes.length).toBeGreaterThan(0.85 * allNodes.length));

    test.each(recordedNodes.map((node) => ({ node, name: node.name })))("$name", ({ node, name }) => {
      const recorded = recordedClass(name);
      expect(node.displayName).toBe(recorded.display_name ?? name);
      expect(node.category).toBe(recorded.category);
      expect(node.outputNode).toBe(recorded.output_node);
      expect(node.deprecated ?? false).toBe(recorded.deprecated ?? false);
      expect(node.experimental ?? false).toBe(recorded.experimental ?? false);
      expect(node.outputs.map((output) => output.type)).toEqual(recorded.output);
      expect(node.outputs.map((output) => output.name)).toEqual(recorded.output_name);
      expect(Boolean(node.description)).toBe(recorded.description !== "");

      const { required = {}, optional = {} } = recorded.input;
      const names = (wanted: boolean) =>
        Object.entries(node.inputs)
          .filter(([, spec]) => (spec.optional ?? false) === wanted)
          .map(([input]) => input);
      expect(names(false)).toEqual(Object.keys(required));
      expect(names(true)).toEqual(Object.keys(optional));

      for (const [input, [type, options = {}]] of Object.entries({ ...required, ...optional }) as [
        string,
        [unknown, Record<string, unknown> | undefined],
      ][]) {
        const spec = node.inputs[input]!;
        const [ownType, ownOptions] = inputConfig(spec, noFolders);
        const tooltip = { ...("tooltip" in options ? { tooltip: expect.any(String) } : {}) };
        if (GROWING.has(`${name}.${input}`) && spec.type === "COMBO") {
          const theirs = (Array.isArray(type) ? type : options["options"]) as string[];
          const ours = comboOptions(spec, noFolders);
          expect(ours.filter((option) => !theirs.includes(option))).toEqual([]);
          expect(ours).toContain("euler");
          expect(Array.isArray(type)).toBe(Array.isArray(ownType));
          continue;
        }
        expect(ownType, input).toEqual(type);
        expect(ownOptions, input).toEqual({ ...options, ...tooltip });
      }
    });
  },
);
