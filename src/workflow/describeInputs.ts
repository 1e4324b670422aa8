import { Blocked } from "./blocked.ts";
import type { InputLists } from "./gatherInputs.ts";

/** A text is for an error's page, not for storage. */
const MAX_TEXT = 4000;
/** Of a list, these many items. */
const MAX_ITEMS = 100;

/** Inputs as plain data, for an error: numbers and texts as they are, what else flows between nodes in words. ComfyUI's `current_inputs`. */
export function describeInputs(inputs: InputLists): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, list]) => [name, list.slice(0, MAX_ITEMS).map(describeValue)]),
  );
}

function describeValue(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return value;
  if (typeof value === "string") return value.slice(0, MAX_TEXT);
  if (typeof value !== "object") return typeof value;
  if (value instanceof Blocked) return "blocked";
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return `list of ${value.length}`;
  const sizes = Object.entries(value).filter(([, item]) => typeof item === "number" || typeof item === "string");
  const text = sizes.map(([key, item]) => `${key} ${item}`).join(", ");
  return text === "" ? "value" : text.slice(0, MAX_TEXT);
}
