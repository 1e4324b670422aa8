/** Errors of a prompt as data, in ComfyUI's words: clients show and match them. Source: comfyui-api.md, "POST /prompt". */
export interface ValidationError {
  readonly type: string;
  readonly message: string;
  readonly details: string;
  readonly extra_info: Readonly<Record<string, unknown>>;
}

export interface NodeErrors {
  readonly errors: readonly ValidationError[];
  /** Output nodes that cannot run because of this node. */
  readonly dependent_outputs: readonly string[];
  readonly class_type: string;
}

export const validationError = (
  type: string,
  message: string,
  details: string,
  extra_info: Readonly<Record<string, unknown>> = {},
): ValidationError => ({ type, message, details, extra_info });
