/** A file that holds something else than what was asked for. Says what it looks like, so that the user can put it where it belongs. */
export class WrongModel extends Error {
  override readonly name = "WrongModel";
  readonly code = "wrong-model";
  readonly path: string;
  /** What was asked for, and what the file looks like, as a phrase: "a VAE". */
  readonly wanted: string;
  readonly found: string;
  /** `next`: what to do about it. */
  constructor(path: string, wanted: string, found: string, next = "Choose another file.") {
    super(`${path} is not ${wanted}: it looks like ${found}. ${next}`);
    this.path = path;
    this.wanted = wanted;
    this.found = found;
  }
}

/** A file of the right kind with tensors missing, or of shapes that do not fit together. */
export class BrokenModel extends Error {
  override readonly name = "BrokenModel";
  readonly code = "broken-model";
  readonly path: string;
  /** The tensor's name in the file. */
  readonly tensor: string;
  constructor(path: string, tensor: string, what: string) {
    super(
      `${path}: tensor ${tensor} ${what}. The file is incomplete, or of a variant that is not supported; get it again.`,
    );
    this.path = path;
    this.tensor = tensor;
  }
}

/** A LoRA none of whose layers are in the model it was put on. Says what it is made for. */
export class WrongLora extends Error {
  override readonly name = "WrongLora";
  readonly code = "wrong-lora";
  /** `model`: the files it was put on; `sizes`: a layer that is there in another size. */
  constructor(file: string, madeFor: string, model: string, sizes: string | null) {
    const why = sizes === null ? `none of its layers are in ${model}` : `no layer has its size in ${model} (${sizes})`;
    super(`${file} is a LoRA for ${madeFor}: ${why}. Choose a LoRA for that model, or the model that it is for.`);
  }
}

/** A picture, latent or text that the model cannot take: sizes or counts out of range. */
export class BadModelInput extends Error {
  override readonly name = "BadModelInput";
  readonly code = "bad-model-input";
}

/** A tokenizer inside a file, or of a package, that cannot be used. */
export class BadTokenizer extends Error {
  override readonly name = "BadTokenizer";
  readonly code = "bad-tokenizer";
  readonly path: string;
  constructor(path: string, what: string) {
    super(`${path}: its tokenizer ${what}. Get the file again, or choose another text encoder.`);
    this.path = path;
  }
}
