/** A sampler or scheduler name that does not exist. The message lists what does. */
export class UnknownName extends Error {
  readonly code: "unknown-sampler" | "unknown-scheduler";
  constructor(what: "sampler" | "scheduler", name: string, known: readonly string[]) {
    super(`there is no ${what} "${name}"; there are: ${known.join(", ")}`);
    this.name = "UnknownName";
    this.code = what === "sampler" ? "unknown-sampler" : "unknown-scheduler";
  }
}

/** The model predicts values that are not numbers, and the sampler has to choose its next step by them. */
export class NotANumber extends Error {
  readonly code = "not-a-number";
  constructor(sampler: string, sigma: number) {
    super(
      `${sampler}: at sigma ${sigma.toPrecision(4)} the model's prediction is not a number, so there is no next step; try another sampler, or --force-fp32`,
    );
    this.name = "NotANumber";
  }
}

/** A seed that the noise source cannot take. */
export class BadSeed extends Error {
  readonly code = "bad-seed";
  constructor(message: string) {
    super(message);
    this.name = "BadSeed";
  }
}

/** A conditioning's area that lies outside the latent. */
export class BadArea extends Error {
  readonly code = "bad-area";
  constructor(area: { readonly x: number; readonly y: number }, rows: number, columns: number) {
    super(
      `a conditioning's area begins at cell (${area.x}, ${area.y}), outside the latent of ${columns} x ${rows} cells; move it, or make the picture larger`,
    );
    this.name = "BadArea";
  }
}
