const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const NAMED = /^([+-]?)(?:(inf|infinity)|nan)$/i;

/** What Python's float() makes of a text, or `null` where it raises. Prompts are read with it, so its spelling is ComfyUI's. */
export function pythonFloat(text: string): number | null {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed.replaceAll("_", ""));
  const named = NAMED.exec(trimmed);
  if (!named) return null;
  return named[2] === undefined ? Number.NaN : named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
