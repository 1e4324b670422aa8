import { open } from "node:fs/promises";
import { readFully } from "../readFully.ts";
import type { GgufSource } from "./gguf.ts";
import { GGUF_LIMITS } from "./ggufHeader.ts";
import { GgufScanner, VALUE_TYPES } from "./ggufScanner.ts";
import type { GgufValue } from "./ggufValue.ts";

/**
 * The metadata of an open GGUF file byte for byte, to be written into another: numbers keep their kinds, vocabularies are not decoded. The
 * header was checked when the file was opened. Memory: the header. Throws as `read` does.
 */
export async function readGgufValues({ path, fileBytes, values }: GgufSource): Promise<Map<string, GgufValue>> {
  const handle = await open(path, "r");
  try {
    for (let most = 1 << 20; ; most *= 4) {
      const bytes = Buffer.alloc(Math.min(most, fileBytes, GGUF_LIMITS.headerBytes));
      await readFully(path, handle, 0, bytes);
      const found = scan(bytes, values.size);
      if (found) return found;
      if (bytes.length < most) throw new Error("invariant: metadata that was read before does not end");
    }
  } finally {
    await handle.close();
  }
}

/** `null`: the bytes end before the metadata does. */
function scan(bytes: Buffer, count: number): Map<string, GgufValue> | null {
  const scanner = new GgufScanner(bytes, true);
  const what = (): string => "metadata";
  try {
    scanner.take(24, what);
    const found = new Map<string, GgufValue>();
    for (let i = 0; i < count; i++) {
      const key = scanner.string(what, GGUF_LIMITS.keyBytes);
      const start = scanner.at;
      pass(scanner, what);
      found.set(key, bytes.subarray(start, scanner.at));
    }
    return found;
  } catch (error) {
    if ((error as Error).name === "GgufSyntax") return null;
    throw error;
  }
}

function pass(scanner: GgufScanner, what: () => string): void {
  const type = scanner.valueType(what);
  if (type === "array") passList(scanner, what);
  else scanner.scalar(type, what, GGUF_LIMITS.headerBytes);
}

function passList(scanner: GgufScanner, what: () => string): void {
  const type = scanner.valueType(what);
  const count = scanner.count(what, GGUF_LIMITS.headerBytes);
  const size = VALUE_TYPES.find(({ name }) => name === type)!.bytes;
  if (size !== null) scanner.take(count * size, what);
  else
    for (let i = 0; i < count; i++)
      if (type === "array") passList(scanner, what);
      else scanner.take(scanner.count(what, GGUF_LIMITS.headerBytes), what);
}
