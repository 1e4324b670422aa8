import { boolean, combo, file, float, int, optional, seed, text } from "./declare.ts";

/**
 * What someone who writes nodes imports from "weir": how Weir's own nodes are declared, and the types of what flows between nodes.
 * docs/custom-nodes.md shows it.
 */
export const input = { boolean, combo, file, float, int, optional, seed, text } as const;
export type {
  ExpandedNode,
  HiddenKind,
  InputSpec,
  Link,
  NodeClass,
  NodeContext,
  NodeResult,
  OutputSpec,
  Prompt,
  PromptNode,
  ValidationFault,
} from "../workflow/node.ts";
export type { WeirContext, WeirNode } from "./context.ts";
export { type Input, kind, listNode, node, type Output } from "./declare.ts";
export { NodeInputError } from "./errors.ts";
export * as kinds from "./kinds.ts";
export type { Conditioning, Image, Latent, Mask, Sigmas } from "./values.ts";
