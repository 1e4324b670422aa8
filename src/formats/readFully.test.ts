import { expect, test } from "vitest";
import { type Reader, readFully } from "./readFully.ts";

const content = Uint8Array.from({ length: 100 }, (_, i) => i);

/** A file of 0, 1, 2, ... whose calls bring at most `most` bytes; the `failing`th fails. Notes what it was asked. */
function reader(most: number, failing = 0): Reader & { asked: [number, number][] } {
  const asked: [number, number][] = [];
  return {
    asked,
    read: async (into, at, length, position) => {
      asked.push([position, length]);
      if (asked.length === failing) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
      const part = content.subarray(position, position + Math.min(length, most));
      into.set(part, at);
      return { bytesRead: part.length };
    },
  };
}

test("calls that bring less, and pieces", async () => {
  const file = reader(7);
  const into = new Uint8Array(20);
  await readFully("f", file, 5, into, 10);
  expect(into).toEqual(content.subarray(5, 25));
  expect(file.asked).toEqual([
    [5, 10],
    [12, 10],
    [19, 6],
  ]);
});

test("the end of the file", async () => {
  await expect(readFully("f", reader(64), 90, new Uint8Array(20))).rejects.toMatchObject({
    code: "read-failed",
    message: "f: ends at byte 100, 10 bytes short of what was asked for",
  });
});

test.each([1, 2, 3])("the disk fails at call %i", async (n) => {
  await expect(readFully("f", reader(7, n), 0, new Uint8Array(20))).rejects.toMatchObject({
    code: "read-failed",
    message: `f: ${20 - 7 * (n - 1)} bytes at ${7 * (n - 1)} could not be read: the disk reports an error (EIO)`,
  });
});
