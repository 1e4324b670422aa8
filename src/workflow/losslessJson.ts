import { JsonError } from "./errors.ts";

/**
 * JSON that keeps integers: what a double cannot hold exactly becomes a bigint, so that a seed of 2^64 - 1 comes out as it went in.
 * Everything else is as in JSON.parse. NaN and Infinity are read and printed as Python does: pictures made by ComfyUI hold them.
 * Depth, length and digits are bounded, so that a hostile file costs an error and not the process.
 */
export interface JsonLimits {
  /** Nested arrays and objects. */
  readonly depth: number;
  /** UTF-16 units of the text. */
  readonly length: number;
}

const LIMITS: JsonLimits = { depth: 256, length: 64 * 1024 * 1024 };
/** Python's own limit: turning digits into an integer takes quadratic time. */
const MAX_DIGITS = 4300;

/** Throws `JsonError` with line and column. */
export function parseJson(text: string, limits: Partial<JsonLimits> = {}): unknown {
  const { depth, length } = { ...LIMITS, ...limits };
  if (text.length > length) throw new JsonError(`JSON of ${text.length} characters; at most ${length} are read`);
  return new Parser(text, depth).document();
}

class Parser {
  private readonly text: string;
  private readonly maxDepth: number;
  private at = 0;

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
  }

  document(): unknown {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) this.fail(`unexpected ${this.here()} after the end of the JSON value`);
    return value;
  }

  private value(depth: number): unknown {
    this.space();
    switch (this.text[this.at]) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      case "N":
        return this.word("NaN", Number.NaN);
      case "I":
        return this.word("Infinity", Number.POSITIVE_INFINITY);
      default:
        return this.number();
    }
  }

  private object(depth: number): Record<string, unknown> {
    this.nest(depth);
    const result: Record<string, unknown> = {};
    this.at += 1;
    this.space();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return result;
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail(`expected a key in double quotes, found ${this.here()}`);
      const key = this.string();
      this.space();
      if (this.text[this.at] !== ":") this.fail(`expected ":", found ${this.here()}`);
      this.at += 1;
      const value = this.value(depth);
      // An assignment to __proto__ would change the object itself.
      if (key === "__proto__") {
        Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
      } else result[key] = value;
      if (this.next("}")) return result;
    }
  }

  private array(depth: number): unknown[] {
    this.nest(depth);
    const result: unknown[] = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return result;
    }
    for (;;) {
      result.push(this.value(depth));
      if (this.next("]")) return result;
    }
  }

  /** After an element: true at the closing bracket, false at a comma. */
  private next(close: string): boolean {
    this.space();
    const c = this.text[this.at];
    if (c !== "," && c !== close) this.fail(`expected "," or "${close}", found ${this.here()}`);
    this.at += 1;
    return c === close;
  }

  private string(): string {
    let end = this.at + 1;
    for (;;) {
      const c = this.text.charCodeAt(end);
      if (Number.isNaN(c)) this.fail("a string does not end");
      if (c === 0x22) break;
      end += c === 0x5c ? 2 : 1;
    }
    const raw = this.text.slice(this.at, end + 1);
    let value: string;
    try {
      value = JSON.parse(raw) as string;
    } catch {
      this.fail("a string holds a control character or an unknown escape");
    }
    this.at = end + 1;
    return value;
  }

  private number(): number | bigint {
    const pattern = /-?(?:Infinity|(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) this.fail(`expected a JSON value, found ${this.here()}`);
    const [all, whole, fraction, exponent] = match;
    this.at += all.length;
    if (whole === undefined || fraction !== undefined || exponent !== undefined) return Number(all);
    if (whole.length > MAX_DIGITS) this.fail(`an integer of ${whole.length} digits; at most ${MAX_DIGITS} are read`);
    const value = Number(all);
    return Number.isSafeInteger(value) ? value : BigInt(all);
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail(`expected a JSON value, found ${this.here()}`);
    this.at += word.length;
    return value;
  }

  private nest(depth: number): void {
    if (depth > this.maxDepth) this.fail(`nested deeper than ${this.maxDepth} levels`);
  }

  private space(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.at += 1;
    }
  }

  private here(): string {
    return this.at < this.text.length ? JSON.stringify(this.text[this.at]) : "the end of the text";
  }

  private fail(what: string): never {
    const before = this.text.slice(0, this.at);
    const line = before.split("\n").length;
    throw new JsonError(`${what} (line ${line}, column ${this.at - before.lastIndexOf("\n")})`);
  }
}

/**
 * Prints what `parseJson` read. `ascii` escapes everything beyond ASCII (PNG's tEXt is Latin-1) and puts a space after "," and ":", so
 * that the text is the one that Python's json.dumps writes into pictures. `indent` (spaces) gives every member its own line. Members that are
 * undefined are left out.
 */
export function printJson(
  value: unknown,
  options: { readonly ascii?: boolean; readonly indent?: number } = {},
): string {
  const { indent = 0 } = options;
  const [comma, colon] = options.ascii ? [", ", ": "] : [",", indent > 0 ? ": " : ":"];
  const list = (open: string, items: readonly string[], close: string, depth: number): string => {
    if (indent === 0 || items.length === 0) return open + items.join(comma) + close;
    const line = `\n${" ".repeat(indent * depth)}`;
    const inner = line + " ".repeat(indent);
    return `${open}${inner}${items.join(`,${inner}`)}${line}${close}`;
  };
  const text = (s: string): string => (options.ascii ? escapeNonAscii(JSON.stringify(s)) : JSON.stringify(s));
  const print = (v: unknown, depth: number): string => {
    if (depth > LIMITS.depth)
      throw new JsonError(`a value nested deeper than ${LIMITS.depth} levels cannot be printed`);
    switch (typeof v) {
      case "string":
        return text(v);
      case "bigint":
      case "boolean":
        return String(v);
      case "number":
        return String(Object.is(v, -0) ? "-0.0" : v);
      case "object": {
        if (v === null) return "null";
        if (Array.isArray(v)) {
          const items = v.map((item) => print(item, depth + 1));
          return list("[", items, "]", depth);
        }
        const members = Object.entries(v)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => text(key) + colon + print(item, depth + 1));
        return list("{", members, "}", depth);
      }
      default:
        return "null";
    }
  };
  return print(value, 0);
}

function escapeNonAscii(s: string): string {
  return s.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
