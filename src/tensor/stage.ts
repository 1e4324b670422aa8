import type { TensorSpec } from "./dtype.ts";
import type { Graph } from "./graph.ts";

/**
 * One piece of a forward pass. `build` adds the stage's ops to a fresh graph: `g.weight(name)` and `g.carried(name)` read,
 * `g.write(name, value)` writes. What it reads, writes and needs follows from the build, so nothing is declared twice.
 */
export interface StageDef {
  readonly name: string;
  build(g: Graph): void;
}

/**
 * A forward pass at fixed shapes: the list of its stages, and every tensor carried between them. A carried tensor is written once, by
 * one stage or as an input; the runtime computes how long each lives and where it lies, and a failed stage can run again.
 */
export interface PassDef {
  /** Equal keys of one model mean equal stages and shapes: compiled programs are kept under it. */
  readonly key: string;
  readonly carried: Readonly<Record<string, TensorSpec>>;
  /** Written by the caller before the first stage. */
  readonly inputs: readonly string[];
  /** Read by the caller after the last. */
  readonly outputs: readonly string[];
  /** Of the inputs those that are written only before the first stage that reads them, and so take room only from there on. */
  readonly late?: readonly string[];
  /** Of the outputs those that are read as soon as their stage has run, and so take room only up to there. */
  readonly early?: readonly string[];
  readonly stages: readonly StageDef[];
}
