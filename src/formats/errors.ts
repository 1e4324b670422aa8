/**
 * What a file can do wrong. Each has a stable `code`, names the file and the fact, and nothing large was allocated before it was
 * thrown. A caller that passes a range outside a tensor is not here: that is our own bug, an invariant.
 */
export abstract class FormatError extends Error {
  abstract readonly code: string;
  /** The file as it was named to us; "picture" and the like where bytes came without a file. */
  readonly path: string;
  constructor(path: string, fact: string) {
    super(`${path}: ${fact}`);
    this.path = path;
  }
}

/** The file is of the expected kind, but what it says about itself is not true or not legal. */
export class CorruptFile extends FormatError {
  override readonly name = "CorruptFile";
  readonly code = "corrupt-file";
}

/** The file is something else: a folder, a picture, another weights format. */
export class WrongFormat extends FormatError {
  override readonly name = "WrongFormat";
  readonly code = "wrong-format";
}

/** Legal, but not something we read: an encoding, a kind of picture. */
export class UnsupportedFormat extends FormatError {
  override readonly name = "UnsupportedFormat";
  readonly code = "unsupported-format";
}

/** Legal, but beyond what we take from strangers: pixels, bytes of text, number of tensors. */
export class TooLarge extends FormatError {
  override readonly name = "TooLarge";
  readonly code = "too-large";
}

/** There is no such file, or we may not read it. */
export class CannotOpen extends FormatError {
  override readonly name = "CannotOpen";
  readonly code = "cannot-open";
}

/** The file has no tensor of that name. */
export class MissingTensor extends FormatError {
  override readonly name = "MissingTensor";
  readonly code = "missing-tensor";
}

/** Size, modification time or inode are not what they were when the file was opened. */
export class FileChanged extends FormatError {
  override readonly name = "FileChanged";
  readonly code = "file-changed";
}

/** The operating system did not give us the bytes that the file has. */
export class ReadFailed extends FormatError {
  override readonly name = "ReadFailed";
  readonly code = "read-failed";
}

/** The file could not be written; what was there before is untouched. */
export class WriteFailed extends FormatError {
  override readonly name = "WriteFailed";
  readonly code = "write-failed";
}

/** Text that cannot be stored in a picture. There is no file yet. */
export class BadText extends Error {
  override readonly name = "BadText";
  readonly code = "bad-text";
}
