import type { Runtime } from "../runtime/runtime.ts";
import type { NodeClass, NodeContext } from "../workflow/node.ts";

/** What Weir's own nodes are given beside the contract's minimum. */
export interface WeirContext extends NodeContext {
  readonly runtime: Runtime;
  readonly folders: Folders;
  readonly options: NodeOptions;
  /** One line for the user, on stderr. */
  warn(text: string): void;
}

export interface NodeOptions {
  /** `--disable-metadata`: no prompt and workflow in pictures. */
  readonly disableMetadata: boolean;
}

/** The user's folders, as ComfyUI lays them out under the base directory. */
export interface Folders {
  /** Sorted names in a model folder, subfolders with "/". */
  list(folder: string): readonly string[];
  /** The file's path, or `null`. Never outside the folder. */
  resolve(folder: string, name: string): string | null;
  readonly output: string;
  readonly input: string;
  readonly temp: string;
}

export type WeirNode = NodeClass<WeirContext>;
