import type { Runtime } from "../runtime/runtime.ts";
import type { NodeClass, NodeContext } from "../workflow/node.ts";

/** What Weir's own nodes are given beside the contract's minimum. */
export interface WeirContext extends NodeContext {
  readonly runtime: Runtime;
  /** The runtime of the machine's CPU, for what a workflow puts there; the same one where everything runs on it. Without: nothing else is there. */
  cpu?(): Promise<Runtime>;
  readonly folders: Folders;
  readonly options: NodeOptions;
  /** What this job has saved; without it nothing is kept from a process that died. */
  readonly pictures?: PictureJournal;
  /** One line for the user, on stderr. */
  warn(text: string): void;
}

export interface NodeOptions {
  /** `--disable-metadata`: no prompt and workflow in pictures. */
  readonly disableMetadata: boolean;
  /** A file that keeps what previews have learned of VAEs; without it nothing is kept. */
  readonly previewColours?: string;
}

/** A picture under its name, or about to be: `index` in its batch, `inode` of the file. */
export interface SavedPicture {
  readonly node: string;
  readonly index: number;
  readonly type: "output" | "temp";
  /** With "/". */
  readonly subfolder: string;
  readonly filename: string;
  readonly inode: string;
}

/** A job that runs again after a death must not save its pictures twice. */
export interface PictureJournal {
  /** Before a picture gets its name, and in a way that survives the process. */
  record(picture: SavedPicture): void;
  /** What runs of this job that died have recorded. */
  saved(node: string, index: number): readonly SavedPicture[];
}

/** The user's folders, as ComfyUI lays them out under the base directory. "latents": saved latents in the input folder. */
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
