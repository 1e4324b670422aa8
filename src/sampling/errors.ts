/** A sampler or scheduler name that does not exist. The message lists what does. */
export class UnknownName extends Error {
  readonly code: "unknown-sampler" | "unknown-scheduler";
  constructor(what: "sampler" | "scheduler", name: string, known: readonly string[]) {
    super(`there is no ${what} "${name}"; there are: ${known.join(", ")}`);
    this.name = "UnknownName";
    this.code = what === "sampler" ? "unknown-sampler" : "unknown-scheduler";
  }
}

/** Settings with which a schedule cannot be made, or a sampler cannot run on it. */
export class BadSchedule extends Error {
  readonly code = "bad-schedule";
  constructor(message: string) {
    super(message);
    this.name = "BadSchedule";
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
