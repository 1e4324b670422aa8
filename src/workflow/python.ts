/** How Python writes values and reads numbers: ComfyUI's messages and its coercion show both, and clients match on them. */

/** str(value) */
export function pyStr(value: unknown): string {
  return typeof value === "string" ? value : pyRepr(value);
}

/** repr(value) of what JSON can hold. Numbers that are whole print as integers: JSON in JavaScript does not tell 2.0 from 2. */
export function pyRepr(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number")
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? String(value) : pyFloat(value);
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(pyRepr).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, item]) => `${quote(key)}: ${pyRepr(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}

/** repr(float): always with a point or an exponent, which starts at 1e16 and below 1e-4. */
export function pyFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits, exponent] = value.toExponential().split("e") as [string, string];
    const power = Number(exponent);
    return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}

function quote(s: string): string {
  const mark = s.includes("'") && !s.includes('"') ? '"' : "'";
  const body = s.replace(/[\\'"\n\r\t]/g, (c) => {
    if (c === "\n") return "\\n";
    if (c === "\r") return "\\r";
    if (c === "\t") return "\\t";
    return c === "\\" || c === mark ? `\\${c}` : c;
  });
  return mark + body + mark;
}

/** A value that int() or float() refuses, with Python's words. */
export class PythonError extends Error {
  override readonly name = "PythonError";
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** int(value): truncates floats, reads decimal text with underscores. A bigint only where a number would not be exact. */
export function pyInt(value: unknown): number | bigint {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    if (Number.isNaN(value)) throw new PythonError("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(value)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
    return exact(BigInt(Math.trunc(value)));
  }
  if (typeof value === "string") {
    const text = value.trim();
    if (!/^[+-]?\d+(_\d+)*$/.test(text) || text.length > 4300) {
      throw new PythonError("ValueError", `invalid literal for int() with base 10: ${quote(value)}`);
    }
    const digits = text.replace(/[_+]/g, "");
    return exact(digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(digits));
  }
  throw new PythonError(
    "TypeError",
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  );
}

/** float(value) */
export function pyToFloat(value: unknown): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") {
    const float = Number(value);
    if (!Number.isFinite(float)) throw new PythonError("OverflowError", "int too large to convert to float");
    return float;
  }
  if (typeof value === "string") {
    const text = value.trim();
    const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
    if (word !== null) {
      const size = word[2]?.toLowerCase() === "nan" ? Number.NaN : Number.POSITIVE_INFINITY;
      return word[1] === "-" ? -size : size;
    }
    if (/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i.test(text)) {
      return Number(text.replaceAll("_", ""));
    }
    throw new PythonError("ValueError", `could not convert string to float: ${quote(value)}`);
  }
  throw new PythonError("TypeError", `float() argument must be a string or a real number, not '${typeName(value)}'`);
}

/** bool(value): everything but zero, None and what is empty. */
export function pyBool(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object") return Object.keys(value).length > 0;
  // NaN is true in Python.
  return typeof value === "number" ? value !== 0 : Boolean(value);
}

function exact(n: bigint): number | bigint {
  const number = Number(n);
  return Number.isSafeInteger(number) ? number : n;
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  return Array.isArray(value) ? "list" : "dict";
}
