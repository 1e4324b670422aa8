import { float, node } from "../declare.ts";
import { FLOAT } from "../kinds.ts";

/** A number. */
export const PrimitiveFloat = node({
  name: "PrimitiveFloat",
  displayName: "Float",
  category: "utilities/primitive",
  pythonModule: "comfy_extras.nodes_primitive",
  inputs: { value: float({ min: -(2n ** 63n - 1n), max: 2n ** 63n - 1n, step: 0.1 }) },
  outputs: { FLOAT: FLOAT.output },
  execute: ({ value }) => ({ FLOAT: value }),
});
