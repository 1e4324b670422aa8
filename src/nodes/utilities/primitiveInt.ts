import { bigInt, node } from "../declare.ts";
import { INT } from "../kinds.ts";

/** A whole number of up to 64 bits. */
export const PrimitiveInt = node({
  name: "PrimitiveInt",
  displayName: "Int",
  category: "utilities/primitive",
  pythonModule: "comfy_extras.nodes_primitive",
  inputs: { value: bigInt({ min: -(2n ** 63n - 1n), max: 2n ** 63n - 1n, controlAfterGenerate: "fixed" }) },
  outputs: { INT: INT.output },
  execute: ({ value }) => ({ INT: value }),
});
