import { bigInt, node } from "../declare.ts";
import { INT } from "../kinds.ts";

export const PrimitiveInt = node({
  name: "PrimitiveInt",
  displayName: "Int",
  category: "utilities/primitive",
  pythonModule: "comfy_extras.nodes_primitive",
  inputs: { value: bigInt({ min: -(2n ** 63n - 1n), max: 2n ** 63n - 1n, controlAfterGenerate: "fixed" }) },
  outputs: { INT: INT.output },
  execute: ({ value }) => ({ INT: value }),
});
