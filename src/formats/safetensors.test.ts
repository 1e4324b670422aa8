import { execFileSync } from "node:child_process";
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FormatError } from "./errors.ts";
import { openSafetensors } from "./safetensors.ts";
import { type TensorToWrite, writeSafetensors } from "./writeSafetensors.ts";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-safetensors-"));
  file = path.join(folder, "m.safetensors");
});
afterAll(() => rm(folder, { recursive: true }));

const bytes = (n: number, seed = 1): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 31 + seed * 17) & 255);
const small: readonly TensorToWrite[] = [
  { name: "byte", encoding: "U8", shape: [3], data: bytes(3) },
  { name: "matrix", encoding: "BF16", shape: [2, 5], data: bytes(20, 2) },
  { name: "empty", encoding: "F32", shape: [0, 7], data: new Uint8Array() },
  { name: "scalar", encoding: "F32", shape: [], data: bytes(4, 3) },
];

/** What opening says, with the folder left out. */
async function failure(name: string): Promise<string> {
  const error = await openSafetensors(path.join(folder, name)).then(
    async (source) => source.close().then(() => new Error("was accepted")),
    (error: unknown) => error,
  );
  if (!(error instanceof FormatError)) throw error;
  return `${error.code} ${error.message.replaceAll(folder, "")}`;
}

const withLength = (length: bigint, rest: string | Uint8Array = "{}"): Buffer => {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length);
  return Buffer.concat([head, Buffer.from(rest as string)]);
};

describe("reading", () => {
  test("what was written is read, in whole and in part", async () => {
    await writeSafetensors(file, small, { format: "pt", note: "é" });
    const source = await openSafetensors(file);
    expect(source.metadata).toEqual({ format: "pt", note: "é" });
    expect(source.fileBytes).toBe((await stat(file)).size);
    expect([...source.tensors.keys()].sort()).toEqual(["byte", "empty", "matrix", "scalar"]);
    for (const { name, data, encoding, shape } of small) {
      const entry = source.tensors.get(name)!;
      expect(entry).toMatchObject({ name, encoding, shape, bytes: (data as Uint8Array).length });
      const into = new Uint8Array(entry.bytes);
      await source.read(name, 0, into);
      expect(into).toEqual(data);
    }
    const part = new Uint8Array(10).fill(7);
    await source.read("matrix", 6, part.subarray(2, 9));
    expect([...part]).toEqual([7, 7, ...bytes(20, 2).subarray(6, 13), 7]);
    await source.close();
  });

  test("reads at once do not disturb each other", async () => {
    await writeSafetensors(file, small);
    const source = await openSafetensors(file);
    const parts = Array.from({ length: 20 }, () => new Uint8Array(1));
    await Promise.all(parts.map((into, i) => source.read("matrix", i, into)));
    expect(parts.map((part) => part[0])).toEqual([...bytes(20, 2)]);
    await source.close();
  });

  test("a name that is not there, a range outside the tensor, a closed file", async () => {
    await writeSafetensors(file, small);
    const source = await openSafetensors(file);
    await expect(source.read("nope", 0, new Uint8Array(1))).rejects.toMatchObject({
      code: "missing-tensor",
      message: `${file}: has no tensor "nope" (it has 4 others)`,
    });
    for (const [offset, length] of [
      [0, 4],
      [3, 1],
      [-1, 1],
      [0.5, 1],
    ] as const)
      await expect(source.read("byte", offset, new Uint8Array(length))).rejects.toThrow("invariant: read of");
    await source.close();
    await source.close();
    await expect(source.read("byte", 0, new Uint8Array(1))).rejects.toMatchObject({ code: "read-failed" });
  });

  const changes: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ["appended to", () => appendFile(file, "x"), /had \d+ bytes when it was opened, now has \d+/],
    ["cut short", () => truncate(file, 100), /had \d+ bytes when it was opened, now has 100/],
    ["written to, size the same", () => utimes(file, 1, 1), /was written to/],
    [
      "replaced by an equal file",
      async () => {
        await copyFile(file, `${file}.2`);
        await rename(`${file}.2`, file);
      },
      /was replaced by another file/,
    ],
    ["deleted", () => rm(file), /now there is no such file/],
    [
      "replaced by a folder",
      async () => {
        await rm(file);
        await mkdir(file);
      },
      /now has/,
    ],
  ];
  test.each(changes)("a file that was %s under us", async (_, change, message) => {
    await rm(file, { recursive: true, force: true });
    await writeSafetensors(file, small);
    const source = await openSafetensors(file);
    await source.read("matrix", 0, new Uint8Array(20));
    await change();
    const read = source.read("matrix", 0, new Uint8Array(20));
    await expect(read).rejects.toMatchObject({ code: "file-changed", message: expect.stringMatching(message) });
    await source.close();
    await rm(file, { recursive: true, force: true });
  });

  test("identity tells one state of a file from another", async () => {
    await writeSafetensors(file, small);
    const identity = async (): Promise<string> => {
      const source = await openSafetensors(file);
      await source.close();
      return source.identity;
    };
    const first = await identity();
    expect(await identity()).toBe(first);
    await utimes(file, 1, 1);
    expect(await identity()).not.toBe(first);
  });

  test("a path that was relative stays the same file when the working directory changes", async () => {
    await writeSafetensors(file, small);
    const source = await openSafetensors(path.relative(process.cwd(), file));
    await source.read("byte", 0, new Uint8Array(3));
    await source.close();
  });
});

describe("what is no safetensors file", () => {
  const cases: readonly (readonly [string, string | Uint8Array])[] = [
    ["empty", ""],
    ["seven bytes", bytes(7)],
    ["nine bytes", withLength(1n, "{")],
    ["a header longer than the file", withLength(100n)],
    ["a header above the limit", withLength(100_000_001n)],
    ["a header of 2^64 - 1", withLength(2n ** 64n - 1n)],
    ["a header of 2^63", withLength(2n ** 63n)],
    ["zeros", new Uint8Array(64)],
    ["a header that starts with a space", withLength(3n, " {}")],
    ["a header of no bytes", withLength(0n)],
    ["a PNG", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"],
    ["a JPEG", "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01"],
    ["a WebP", "RIFF\x24\0\0\0WEBPVP8 "],
    ["a GGUF", "GGUF\x03\0\0\0\x10\0\0\0\0\0\0\0"],
    ["a zip", "PK\x03\x04\x14\0\0\0\x08\0archive/data.pkl"],
    ["a pickle", "\x80\x02}q\0(X\x0a\0\0\0state_dict"],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"],
    ["a web page", "<!DOCTYPE html>\n<html><head>"],
    ["a list of shards", '{\n  "metadata": {"total_size": 1}}'],
    ["text", "Not found: please log in first"],
  ];
  test.each(cases)("%s", async (_, content) => {
    await writeFile(
      path.join(folder, "other.bin"),
      typeof content === "string" ? Buffer.from(content, "latin1") : content,
    );
    expect(await failure("other.bin")).toMatchSnapshot();
  });

  test("a folder, a missing file, a file as a folder, a pipe", async () => {
    await mkdir(path.join(folder, "sub"), { recursive: true });
    await writeFile(path.join(folder, "plain"), "x");
    expect(await failure("sub")).toBe("wrong-format /sub: is a folder, not a safetensors file");
    expect(await failure("none")).toBe("cannot-open /none: there is no such file (ENOENT)");
    expect(await failure("plain/x")).toBe("cannot-open /plain/x: a part of the path is no folder (ENOTDIR)");
    if (process.platform !== "win32") {
      execFileSync("mkfifo", [path.join(folder, "pipe")]);
      expect(await failure("pipe")).toBe("wrong-format /pipe: is a device or a pipe, not a safetensors file");
    }
  });

  test("100 MB of header: refused at its first byte, before it is read", async () => {
    const name = path.join(folder, "zeros");
    await writeFile(name, withLength(100_000_000n, "\0"));
    await truncate(name, 200_000_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(await failure("zeros")).toMatch("corrupt-file /zeros: its header does not start with {");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});

describe("writing", () => {
  test("streams pieces, leaves holes, aligns by width", async () => {
    await writeSafetensors(file, [
      { name: "u8", encoding: "U8", shape: [5], data: () => [bytes(2), bytes(3, 9)] },
      { name: "hole", encoding: "F32", shape: [1000], data: null },
      {
        name: "later",
        encoding: "F64",
        shape: [2],
        data: async function* () {
          yield bytes(9);
          yield bytes(7, 4);
        },
      },
    ]);
    const source = await openSafetensors(file);
    expect([...source.tensors.keys()]).toEqual(["later", "hole", "u8"]);
    expect(source.tensors.get("later")!.offset % 8).toBe(0);
    const read = async (name: string): Promise<Uint8Array> => {
      const into = new Uint8Array(source.tensors.get(name)!.bytes).fill(1);
      await source.read(name, 0, into);
      return into;
    };
    expect(await read("u8")).toEqual(Uint8Array.of(...bytes(2), ...bytes(3, 9)));
    expect(await read("later")).toEqual(Uint8Array.of(...bytes(9), ...bytes(7, 4)));
    expect(await read("hole")).toEqual(new Uint8Array(4000));
    await source.close();
  });

  test.each([
    ["too few", [bytes(4)]],
    ["too many", [bytes(4), bytes(5)]],
  ])("%s bytes: an invariant, and what was there stays", async (_, pieces) => {
    await writeSafetensors(file, small);
    const before = await readFile(file);
    const write = writeSafetensors(file, [{ name: "x", encoding: "F32", shape: [2], data: () => pieces }]);
    await expect(write).rejects.toThrow('invariant: data of "x" is not the 8 bytes of its shape');
    expect(await readFile(file)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("a name twice, a source that fails, a folder that is not there", async () => {
    await expect(writeSafetensors(file, [small[0]!, small[0]!])).rejects.toThrow("written twice");
    const failing = (): Iterable<Uint8Array> => {
      throw new TypeError("mine");
    };
    const write = writeSafetensors(file, [{ name: "x", encoding: "U8", shape: [1], data: failing }]);
    await expect(write).rejects.toThrow(new TypeError("mine"));
    await expect(writeSafetensors(path.join(folder, "no", "m"), small)).rejects.toMatchObject({
      code: "write-failed",
      message: expect.stringContaining("there is no such file (ENOENT)"),
    });
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

test("a sparse file of 64 GB opens by its header alone, and its last bytes are read", async () => {
  const name = path.join(folder, "large.safetensors");
  const last = { name: "last", encoding: "U8", shape: [16], data: bytes(16) } as const;
  const blocks = Array.from(
    { length: 400 },
    (_, i) => ({ name: `b${i}`, encoding: "BF16", shape: [8192, 9766], data: null }) as const,
  );
  await writeSafetensors(name, [...blocks, last]);
  expect((await stat(name)).size).toBeGreaterThan(64e9);
  const source = await openSafetensors(name);
  const into = new Uint8Array(16);
  await source.read("last", 0, into);
  expect(into).toEqual(last.data);
  await source.close();
  await rm(name);
});

test("2,000 broken files: a typed error, or every tensor is read and lies in the file", async () => {
  await writeSafetensors(file, small, { format: "pt" });
  const whole = await readFile(file);
  const broken = path.join(folder, "broken");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }),
      fc.option(fc.nat(whole.length + 20)),
      async (edits, length) => {
        const content = Buffer.from(whole);
        for (const [at, byte] of edits) content[at] = byte;
        const handle = await open(broken, "w");
        await handle.write(content);
        if (length !== null) await handle.truncate(length);
        await handle.close();
        try {
          const source = await openSafetensors(broken);
          let total = 0;
          for (const { name, bytes: size, offset } of source.tensors.values()) {
            const into = new Uint8Array(size);
            await source.read(name, 0, into);
            expect(into).toEqual(new Uint8Array(content.subarray(offset, offset + size)));
            total += size;
          }
          expect(total).toBe(37 - 10);
          await source.close();
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      },
    ),
    { numRuns: 2000 },
  );
});
