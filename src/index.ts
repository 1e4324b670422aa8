/**
 * Weir as a library: a workflow in, pictures out, in a process of its own. docs/library.md shows it. And what
 * nodes of one's own are written with: docs/custom-nodes.md. Everything else in this package is
 * internal and may change.
 */
export { EngineError } from "./engine/errors.ts";
export type { JobEvent, NodeDeclaration } from "./engine/messages.ts";
export { FormatError } from "./formats/errors.ts";
export { demo } from "./library/demo.ts";
export { FileError, InvalidWorkflow, RunFailed, RunInterrupted } from "./library/errors.ts";
export {
  openWeir,
  type RunOptions,
  type RunResult,
  type SavedImage,
  type Weir,
  type WeirOptions,
} from "./library/openWeir.ts";
export {
  type Conditioning,
  type ExpandedNode,
  type HiddenKind,
  type Image,
  type Input,
  type InputSpec,
  input,
  kind,
  kinds,
  type Latent,
  type Link,
  listNode,
  type Mask,
  type NodeClass,
  type NodeContext,
  NodeInputError,
  type NodeResult,
  node,
  type Output,
  type OutputSpec,
  type Prompt,
  type PromptNode,
  type Sigmas,
  type ValidationFault,
  type WeirContext,
  type WeirNode,
} from "./nodes/authoring.ts";
export type { RunStats } from "./runtime/runtime.ts";
export { JsonError, SettingError, WorkflowError } from "./workflow/errors.ts";
