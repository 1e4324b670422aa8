import { boolean, node } from "../declare.ts";
import { BOOLEAN } from "../kinds.ts";

/** True or false. */
export const PrimitiveBoolean = node({
  name: "PrimitiveBoolean",
  displayName: "Boolean",
  category: "utilities/primitive",
  pythonModule: "comfy_extras.nodes_primitive",
  inputs: { value: boolean() },
  outputs: { BOOLEAN: BOOLEAN.output },
  execute: ({ value }) => ({ BOOLEAN: value }),
});
