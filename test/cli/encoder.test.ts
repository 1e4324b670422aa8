import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { outPlace } from "../../src/cli/quantize/outPlace.ts";
import { runEncoder } from "../../src/cli/quantize/runEncoder.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-encoder-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const job = { path: "x", identity: "", part: "y", threads: 1, tensors: [] };
/** A process that does as `text` says in place of encoding. */
const encoder = (text: string) => {
  const file = join(cwd, "entry.mjs");
  writeFileSync(file, `import { writeSync } from "node:fs"; process.once("message", () => { ${text} });`);
  return { entry: pathToFileURL(file), signal: new AbortController().signal, onPiece: () => {} };
};

test("a native crash is explained: how, where, and what it said", async () => {
  const said =
    'writeSync(4, "\\"layers.3.weight\\"\\n"); writeSync(2, "GGML_ASSERT failed\\n"); process.kill(process.pid, "SIGABRT")';
  const error = await runEncoder(job, encoder(said)).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "encoder-died", lines: ["GGML_ASSERT failed"] });
  expect((error as Error).message).toMatchInlineSnapshot(
    `"the process that encodes was ended by SIGABRT while it was at "layers.3.weight": no file was written; try another --type, and tell us which file it was"`,
  );
});

test("a process that the system ended", async () => {
  const error = await runEncoder(job, encoder('process.kill(process.pid, "SIGKILL")')).catch((error: unknown) => error);
  expect((error as Error).message).toMatchInlineSnapshot(
    `"the process that encodes was ended by SIGKILL before it encoded anything: the system ends processes that take too much memory: try fewer --threads"`,
  );
});

test("one that ends without a word", async () => {
  await expect(runEncoder(job, encoder("process.exit(3)"))).rejects.toThrow(/ended with code 3 before/);
});

test("a disk without room: the numbers, and nothing is written", async () => {
  const place = await outPlace(join(cwd, "in"), join(cwd, "out.gguf"), false, {
    room: async () => ({ free: 1e6, disk: 1 }),
  });
  const error = await place.begin(new Uint8Array(10), 5e9).catch((error: unknown) => error);
  expect((error as Error).message.replaceAll(cwd, "CWD")).toMatchInlineSnapshot(
    `"CWD/out.gguf takes 5.00 GB, and the disk of CWD has 1.00 MB free: make room, choose another disk or a smaller --type. Nothing was written"`,
  );
  expect(error).toMatchObject({ code: "no-disk-space" });
  expect(readdirSync(cwd)).toEqual([]);
});

test("what a killed run left is removed; what a living one makes stays", async () => {
  // a process that ran and is gone
  const gone = await new Promise<number>((resolve) =>
    import("node:child_process").then(({ spawn }) => {
      const child = spawn(process.execPath, ["-e", ""]);
      child.on("exit", () => resolve(child.pid!));
    }),
  );
  const names = [`out.gguf.${gone}.part`, `out.gguf.${process.ppid}.part`, `other.gguf.${gone}.part`];
  for (const name of names) writeFileSync(join(cwd, name), "");
  const place = await outPlace(join(cwd, "in"), join(cwd, "out.gguf"), false, { room: async () => null });
  expect(names.map((name) => existsSync(join(cwd, name)))).toEqual([false, true, true]);
  await place.begin(Uint8Array.of(1), 100);
  expect(existsSync(join(cwd, "out.gguf"))).toBe(false);
  // somebody else made it meanwhile
  writeFileSync(join(cwd, "out.gguf"), "theirs");
  await expect(place.finish()).rejects.toMatchObject({ code: "file-in-the-way" });
  await place.drop();
  expect(existsSync(place.part)).toBe(false);
});
