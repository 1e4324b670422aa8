/**
 * Weir as a library: a workflow in, pictures out, in a process of its own. docs/library.md shows it; everything else in this package is
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
export type { RunStats } from "./runtime/runtime.ts";
export { JsonError, SettingError, WorkflowError } from "./workflow/errors.ts";
