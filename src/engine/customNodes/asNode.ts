import type { WeirNode } from "../../nodes/context.ts";

const TYPES: ReadonlySet<unknown> = new Set([
  "LINK",
  "INT",
  "FLOAT",
  "STRING",
  "BOOLEAN",
  "COMBO",
  "COMFY_DYNAMICCOMBO_V3",
]);

export type Checked = { readonly ok: true; readonly node: WeirNode } | { readonly ok: false; readonly why: string };

/** Whether something that a file exports means to be a node: it can be executed. */
export const looksLikeNode = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && typeof value["execute"] === "function";

/**
 * An export as a node. What is left out is filled in: the name serves as the title, "custom" as the category. `module`: where /object_info says
 * that it comes from.
 */
export function asNode(value: Readonly<Record<string, unknown>>, module: string): Checked {
  const { name, inputs, outputs } = value;
  const bad = (why: string): Checked => ({ ok: false, why });
  if (typeof name !== "string" || name === "") return bad("a node has no name: a text that workflows call it by");
  if (!isObject(inputs)) return bad(`${name} has no inputs: an object of them, by name`);
  if (!Array.isArray(outputs)) return bad(`${name} has no outputs: a list such as [{ name: "IMAGE", type: "IMAGE" }]`);
  for (const [input, spec] of Object.entries(inputs)) {
    if (!isObject(spec) || !TYPES.has(spec["type"])) {
      return bad(`${name}.${input} has no type of these: ${[...TYPES].join(", ")}`);
    }
    if (spec["type"] === "LINK" && typeof spec["of"] !== "string") {
      return bad(`${name}.${input} is a link and does not say of what type ("of")`);
    }
    const { options } = spec;
    if (spec["type"] === "COMBO" && !Array.isArray(options) && typeof options !== "function") {
      return bad(`${name}.${input} has no options: a list, or a function that gives one`);
    }
  }
  for (const [i, output] of outputs.entries()) {
    if (isObject(output) && typeof output["name"] === "string" && typeof output["type"] === "string") continue;
    return bad(`output ${i} of ${name} has no name and type`);
  }
  const given = value as unknown as WeirNode;
  return {
    ok: true,
    node: {
      ...given,
      displayName: given.displayName ?? name,
      category: given.category ?? "custom",
      pythonModule: given.pythonModule ?? module,
    },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
