import { isUtf8 } from "node:buffer";

/** JSON that is not what a header may hold. `at` counts bytes of the header. */
export class HeaderSyntax extends Error {
  override readonly name = "HeaderSyntax";
  constructor(fact: string, at: number) {
    super(`${fact} (at byte ${at} of the header)`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const MAX_DEPTH = 16;

/** Names what is read, for a message. Called when there is one: a header of 500,000 tensors has millions of values. */
type What = () => string;

/**
 * Reads JSON from bytes, one token at a time, so that a header of 100 MB never becomes objects before its limits are checked. Not
 * JSON.parse: that one keeps the last of two equal keys and says nothing, builds everything at once, and turns 2^53 + 1 into 2^53.
 */
export class HeaderScanner {
  readonly #bytes: Buffer;
  #at = 0;

  /** Throws HeaderSyntax when the bytes are not UTF-8. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isUtf8(this.#bytes)) throw new HeaderSyntax("the header is not UTF-8", 0);
  }

  /** Calls `entry` at each value of an object; it must read that value. Keys may repeat: the caller knows what it has seen. */
  object(what: What, entry: (key: string) => void): void {
    const key = (): string => `a key of ${what()}`;
    this.#expect(OPEN, () => `${what()} is no JSON object`);
    if (this.#take(CLOSE)) return;
    do {
      if (this.#peek() !== QUOTE) throw this.fault(`${what()}: a key is expected`);
      const name = this.string(key);
      this.#expect(COLON, () => `${what()}: ":" is expected after a key`);
      entry(name);
    } while (this.#take(COMMA));
    this.#expect(CLOSE, () => `${what()}: "," or "}" is expected`);
  }

  list(what: What, item: () => void): void {
    this.#expect(OPEN_LIST, () => `${what()} is no JSON list`);
    if (this.#take(CLOSE_LIST)) return;
    do item();
    while (this.#take(COMMA));
    this.#expect(CLOSE_LIST, () => `${what()}: "," or "]" is expected`);
  }

  string(what: What, maxBytes = Number.POSITIVE_INFINITY): string {
    this.#expect(QUOTE, () => `${what()} is no string`);
    const start = this.#at;
    let escaped = false;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw this.fault(`${what()} does not end`);
      if (byte === QUOTE) break;
      if (byte < 0x20) throw this.fault(`${what()} holds a control character`);
      if (byte === BACKSLASH) {
        escaped = true;
        this.#at++;
      }
      this.#at++;
    }
    const end = this.#at++;
    if (end - start > maxBytes) throw this.fault(`${what()} has ${end - start} bytes, the limit is ${maxBytes}`);
    if (!escaped) return this.#bytes.toString("utf8", start, end);
    let value: string;
    try {
      value = JSON.parse(this.#bytes.toString("utf8", start - 1, end + 1)) as string;
    } catch {
      throw this.fault(`${what()} holds a bad escape`);
    }
    if (/\p{Surrogate}/u.test(value)) throw this.fault(`${what()} holds half a surrogate pair`);
    return value;
  }

  /** An integer from 0 to 2^53 - 1, written without sign, fraction and exponent. */
  count(what: What): number {
    this.#space();
    const start = this.#at;
    while (isNumeric(this.#bytes[this.#at])) this.#at++;
    if (this.#at === start) throw this.fault(`${what()} is no number`);
    const token = this.#bytes.toString("latin1", start, Math.min(this.#at, start + 40));
    if (token.startsWith("-")) throw this.fault(`${what()} is negative: ${token}`);
    if (!/^(0|[1-9]\d*)$/.test(token)) throw this.fault(`${what()} is no whole number: ${token}`);
    const value = Number(token);
    if (!Number.isSafeInteger(value)) throw this.fault(`${what()} is absurdly large: ${token}`);
    return value;
  }

  /** Reads a value of any kind and forgets it. */
  skip(what: What, depth = 0): void {
    if (depth > MAX_DEPTH) throw this.fault(`${what()} is nested more than ${MAX_DEPTH} deep`);
    const first = this.#peek();
    if (first === OPEN) this.object(what, () => this.skip(what, depth + 1));
    else if (first === OPEN_LIST) this.list(what, () => this.skip(what, depth + 1));
    else if (first === QUOTE) this.string(what);
    else {
      const start = this.#at;
      while (isWord(this.#bytes[this.#at])) this.#at++;
      const token = this.#bytes.toString("latin1", start, Math.min(this.#at, start + 400));
      if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(token))
        throw this.fault(`${what()} is no JSON value`);
    }
  }

  /** Only white space may be left: writers pad the header with it. */
  end(): void {
    this.#space();
    if (this.#at < this.#bytes.length) throw this.fault("something follows the header's object");
  }

  fault(fact: string): HeaderSyntax {
    return new HeaderSyntax(fact, this.#at);
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #peek(): number | undefined {
    this.#space();
    return this.#bytes[this.#at];
  }

  #take(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number, fact: What): void {
    if (!this.#take(byte)) throw this.fault(fact());
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
/** 0-9 + - . e E */
const isNumeric = (byte: number | undefined): boolean =>
  isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e || byte === 0x65 || byte === 0x45;
const isWord = (byte: number | undefined): boolean =>
  isNumeric(byte) || (byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a)));
