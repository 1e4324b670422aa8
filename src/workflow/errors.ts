/** Text that is not JSON, or more of it than is read. Says where: line and column count from 1. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly code = "invalid-json";
}

/** A file that holds no workflow which can be run, or one in a form that is not read. Names the file and the next step. */
export class WorkflowError extends Error {
  override readonly name = "WorkflowError";
  readonly code: "no-workflow" | "broken-workflow" | "too-large";
  constructor(code: "no-workflow" | "broken-workflow" | "too-large", message: string) {
    super(message);
    this.code = code;
  }
}

/** A setting that fits no node, no input or no type of the workflow. Lists what would fit. */
export class SettingError extends Error {
  override readonly name = "SettingError";
  readonly code = "bad-setting";
}

/**
 * A node that does not keep to the contract, or cannot with what it was given: it made other values than it declares, an expansion that
 * cannot run, or it was given an empty list.
 */
export class NodeContractError extends Error {
  override readonly name = "NodeContractError";
  readonly code: "bad-node" | "bad-expansion" | "empty-list";
  constructor(code: "bad-node" | "bad-expansion" | "empty-list", message: string) {
    super(message);
    this.code = code;
  }
}
