import { comboOptions, inputConfig } from "./inputConfig.ts";
import { type CatalogueContext, DYNAMIC_COMBO, type InputSpec } from "./node.ts";
import { PythonError, pyBool, pyFloat, pyInt, pyRepr, pyStr, pyToFloat } from "./python.ts";
import { type ValidationError, validationError } from "./validationErrors.ts";

/** A longer list of options is told by its length only. */
const LISTED_OPTIONS = 20;

export type Checked =
  | { readonly ok: true; readonly value: unknown }
  /** `choices`: what a combo would have taken. */
  | { readonly ok: false; readonly error: ValidationError; readonly choices?: readonly string[] };

/**
 * A constant against its declaration: coerced as Python does, then bounds (inclusive) and options. `own`: the node checks bounds and
 * options itself, only the coercion happens here.
 */
export function checkValue(
  name: string,
  spec: InputSpec,
  value: unknown,
  catalogue: CatalogueContext,
  own: boolean,
): Checked {
  const config = { input_name: name, input_config: inputConfig(spec, catalogue) };
  let coerced: unknown;
  try {
    coerced = coerce(spec, value);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const details = `${name}, ${pyStr(value)}, ${error.message}`;
    const extra = { ...config, received_value: value, exception_message: error.message };
    const message = `Failed to convert an input value to a ${spec.type} value`;
    return { ok: false, error: validationError("invalid_input_type", message, details, extra) };
  }
  if (own) return { ok: true, value: coerced };

  if (spec.type === "INT" || spec.type === "FLOAT") {
    const v = coerced as number | bigint;
    const show = (n: number | bigint) => (spec.type === "FLOAT" && typeof n === "number" ? pyFloat(n) : pyRepr(n));
    const extra = { ...config, received_value: coerced };
    if (spec.min !== undefined && v < spec.min) {
      const message = `Value ${show(v)} smaller than min of ${show(spec.min)}`;
      return { ok: false, error: validationError("value_smaller_than_min", message, name, extra) };
    }
    if (spec.max !== undefined && v > spec.max) {
      const message = `Value ${show(v)} bigger than max of ${show(spec.max)}`;
      return { ok: false, error: validationError("value_bigger_than_max", message, name, extra) };
    }
  }
  if (spec.type === "COMBO" || spec.type === DYNAMIC_COMBO) {
    const options = spec.type === "COMBO" ? comboOptions(spec, catalogue) : spec.options.map(({ key }) => key);
    if (!options.includes(coerced as string)) {
      const long = options.length > LISTED_OPTIONS;
      const list = long ? `(list of length ${options.length})` : pyRepr(options);
      const error = validationError(
        "value_not_in_list",
        "Value not in list",
        `${name}: '${pyStr(coerced)}' not in ${list}`,
        { input_name: name, input_config: long ? null : config.input_config, received_value: coerced },
      );
      return { ok: false, error, choices: options };
    }
  }
  return { ok: true, value: coerced };
}

function coerce(spec: InputSpec, value: unknown): unknown {
  switch (spec.type) {
    case "INT":
      return pyInt(value);
    case "FLOAT":
      return pyToFloat(value);
    case "STRING":
      return pyStr(value);
    case "BOOLEAN":
      return pyBool(value);
    default:
      return value;
  }
}
