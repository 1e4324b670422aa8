/** A value that a node cannot work with: the wrong model for it, a latent of other channels. Names both, and what would do. */
export class NodeInputError extends Error {
  override readonly name = "NodeInputError";
  readonly code = "bad-node-input";
}

/** A choice that ComfyUI has and Weir does not have yet. Says what there is instead. */
export class NotSupported extends Error {
  override readonly name = "NotSupported";
  readonly code = "not-supported";
}

/** A file that is not in its folder (any more). Lists what is. */
export class MissingFile extends Error {
  override readonly name = "MissingFile";
  readonly code = "missing-file";
}

/** A picture that could not be saved. Nothing half-written is left. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  readonly code: "output-escape" | "output-unwritable" | "disk-full";
  constructor(code: "output-escape" | "output-unwritable" | "disk-full", message: string) {
    super(message);
    this.code = code;
  }
}

/** A file of model folders that cannot be used. Names the file and what is wrong in it. */
export class BadModelPaths extends Error {
  override readonly name = "BadModelPaths";
  readonly code = "bad-model-paths";
  constructor(file: string, fact: string) {
    super(`${file} ${fact}`);
  }
}
