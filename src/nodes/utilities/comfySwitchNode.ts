import { boolean, matchType, node } from "../declare.ts";

const either = matchType("switch");

/** One of two values; what makes the other one is not run for its sake. */
export const ComfySwitchNode = node({
  name: "ComfySwitchNode",
  displayName: "If/Else Switch",
  category: "utilities/logic",
  pythonModule: "comfy_extras.nodes_logic",
  searchAliases: ["if", "then", "switch", "conditional", "branch"],
  experimental: true,
  inputs: { switch: boolean(), on_false: either.lazyLink(), on_true: either.lazyLink() },
  outputs: { output: either.output },
  checkLazyStatus: (inputs) => [inputs.switch ? "on_true" : "on_false"],
  execute: (inputs) => ({ output: inputs.switch ? inputs.on_true : inputs.on_false }),
});
