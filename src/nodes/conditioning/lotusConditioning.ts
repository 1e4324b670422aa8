import { node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";

/** Begin and end, of a text encoder that is 1024 wide. */
const TOKENS = 2;
const WIDTH = 1024;

/** What Lotus takes for a text, which is always the empty one: two tokens of width 1024. Here they are zeros: Lotus itself is not run, other models take the shape. */
export const LotusConditioning = node({
  name: "LotusConditioning",
  category: "model/conditioning/lotus",
  pythonModule: "comfy_extras.nodes_lotus",
  inputs: {},
  outputs: { conditioning: CONDITIONING.output },
  execute: () => ({
    conditioning: [{ context: new Float32Array(TOKENS * WIDTH), tokens: TOKENS, width: WIDTH }],
  }),
});
