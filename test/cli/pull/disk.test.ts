import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PullWorld } from "../../../src/cli/pull/world.ts";
import { type TensorToWrite, writeSafetensors } from "../../../src/formats/writeSafetensors.ts";
import { type PullOptions, runPull } from "./runPull.ts";
import { type StandInFile, StandInHub, sha256 } from "./standInHub.ts";

const FILE: StandInFile = { path: "vae/x.safetensors", content: randomBytes(500_000) };

let hub: StandInHub;
let cwd: string;
beforeEach(async () => {
  hub = await StandInHub.start();
  hub.repos.set("a/b", [FILE]);
  cwd = mkdtempSync(join(tmpdir(), "weir-pull-"));
});
afterEach(async () => {
  await hub.stop();
  rmSync(cwd, { recursive: true });
});
const pull = (argv: readonly string[], more: Partial<PullOptions> = {}) =>
  runPull(argv, { cwd, env: { HF_ENDPOINT: hub.endpoint }, ...more });
const names = (folder: string) => readdirSync(join(cwd, folder)).sort();
const PART = `x.safetensors.${sha256(FILE.content).slice(0, 16)}.part`;
const putPart = (name: string, content: string | Buffer) => {
  mkdirSync(join(cwd, "models/vae"), { recursive: true });
  writeFileSync(join(cwd, "models/vae", name), content);
};

/** A file system whose calls fail with `code` once `after` bytes are written; half of the chunk that does not fit is written, as real ones do. */
function failing(
  code: string,
  after: number,
  calls: readonly ("write" | "sync" | "truncate")[] = ["write"],
): Partial<PullWorld> {
  const error = () => Object.assign(new Error(code), { code });
  const wrapped: typeof open = async (...args) => {
    const handle = await open(...args);
    if (!String(args[0]).endsWith(".part")) return handle;
    let written = 0;
    return new Proxy(handle, {
      get(target, name: keyof FileHandle) {
        if (name === "write")
          return (chunk: Uint8Array, offset: number, length: number, position: number) => {
            if (!calls.includes("write")) return target.write(chunk, offset, length, position);
            if (written >= after) return Promise.reject(error());
            const some = Math.min(length, after - written);
            written += some;
            return target.write(chunk, offset, some, position);
          };
        if ((name === "sync" || name === "truncate") && calls.includes(name)) return () => Promise.reject(error());
        const value = Reflect.get(target, name) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  return { open: wrapped };
}

describe("a disk that is full", () => {
  test("is seen before the first byte, with the numbers", async () => {
    const { code, err } = await pull(["a/b"], { world: { room: () => Promise.resolve({ free: 100_000, disk: 1 }) } });
    expect(code).toBe(1);
    expect(err.split("\n").at(-2)!.replaceAll(cwd, "CWD")).toMatchInlineSnapshot(
      `"weir: 500 KB are to be fetched, and the disk of CWD/models/vae has 100 KB free: make room, or choose another disk with --to or --models-directory. Nothing was fetched"`,
    );
    expect(names(".")).toEqual([]);
    expect(hub.at("cdn")).toEqual([]);
  });

  test("what is there already counts; another disk is another account", async () => {
    putPart(PART, FILE.content.subarray(0, 450_000));
    const world = { room: () => Promise.resolve({ free: 60_000, disk: 1 }) };
    expect((await pull(["a/b"], { world })).code).toBe(0);
    hub.repos.set("c/d", [FILE, { path: "loras/y.safetensors", content: randomBytes(500_000) }]);
    const two = { room: (folder: string) => Promise.resolve({ free: 600_000, disk: folder.endsWith("vae") ? 1 : 2 }) };
    rmSync(join(cwd, "models"), { recursive: true });
    expect((await pull(["c/d", "--include", "*"], { world: two })).code).toBe(0);
  });

  test("fills up meanwhile: told, kept, and gone on with when there is room", async () => {
    for (const after of [0, 1, 65_536, 100_001, 499_999]) {
      rmSync(join(cwd, "models"), { recursive: true, force: true });
      const { code, out, err } = await pull(["a/b"], { world: failing("ENOSPC", after) });
      expect({ after, code, out }).toEqual({ after, code: 1, out: "" });
      expect(err).toContain("the disk is full (ENOSPC); what was fetched is kept: make room");
      expect(err).not.toContain("    at ");
      expect(names("models/vae")).toEqual(after === 0 ? [] : [PART]);
      if (after > 0)
        expect(readFileSync(join(cwd, "models/vae", PART)).equals(FILE.content.subarray(0, after))).toBe(true);
      const before = hub.at("cdn").length;
      expect((await pull(["a/b"])).code).toBe(0);
      expect(hub.at("cdn")[before]!.headers.range).toBe(after === 0 ? undefined : `bytes=${after}-`);
      expect(readFileSync(join(cwd, "models/vae/x.safetensors")).equals(FILE.content)).toBe(true);
    }
  });

  test("other failures of the disk say what they are", async () => {
    for (const [code, calls] of [
      ["EIO", ["write"]],
      ["EROFS", ["write"]],
      ["EIO", ["sync"]],
    ] as const) {
      const result = await pull(["a/b"], { world: failing(code, 1000, calls) });
      expect(result.code).toBe(1);
      expect(result.err).toContain(`(${code})`);
      expect(names("models/vae")).toEqual([PART]);
    }
    expect((await pull(["a/b"])).code).toBe(0);
  });

  test("a disk that takes less than it is given at a time", async () => {
    const world: Partial<PullWorld> = {
      open: async (...args) => {
        const handle = await open(...args);
        const write = handle.write.bind(handle) as (
          chunk: Uint8Array,
          offset: number,
          length: number,
          position: number,
        ) => ReturnType<FileHandle["write"]>;
        const short = (chunk: Uint8Array, offset: number, length: number, position: number) =>
          write(chunk, offset, Math.min(length, 10_007), position);
        return String(args[0]).endsWith(".part") ? Object.assign(handle, { write: short }) : handle;
      },
    };
    expect((await pull(["a/b"], { world })).code).toBe(0);
    expect(readFileSync(join(cwd, "models/vae/x.safetensors")).equals(FILE.content)).toBe(true);
  });

  test("a folder that cannot be made", async () => {
    writeFileSync(join(cwd, "models"), "a file");
    const { code, err } = await pull(["a/b"]);
    expect(code).toBe(1);
    expect(err).not.toContain("internal error");
  });
});

describe("parts", () => {
  test("no link is followed where a part belongs", async () => {
    mkdirSync(join(cwd, "models/vae"), { recursive: true });
    writeFileSync(join(cwd, "precious"), "precious");
    symlinkSync(join(cwd, "precious"), join(cwd, "models/vae", PART));
    expect((await pull(["a/b"])).code).toBe(1);
    expect(readFileSync(join(cwd, "precious"), "utf8")).toBe("precious");
  });

  test("those of older versions go; other files stay", async () => {
    putPart("x.safetensors.00112233aabbccdd.part", "old");
    putPart("x.safetensors.notes.part", "mine");
    putPart("y.safetensors.00112233aabbccdd.part", "of another");
    await pull(["a/b"]);
    expect(names("models/vae")).toEqual([
      "x.safetensors",
      "x.safetensors.notes.part",
      "y.safetensors.00112233aabbccdd.part",
    ]);
  });

  test("one that another process writes is left to it; of a process that is gone it is taken over", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    const lock = (pid: number, host = hostname()) => putPart(`${PART}.lock`, JSON.stringify({ pid, host }));
    putPart(PART, FILE.content.subarray(0, 1000));
    lock(child.pid!);
    const held = await pull(["a/b"]);
    expect(held.code).toBe(1);
    expect(held.err).toContain(`another weir pull (process ${child.pid}) fetches this file already`);
    expect(names("models/vae")).toEqual([PART, `${PART}.lock`]);

    lock(child.pid!, "some-other-machine");
    expect((await pull(["a/b"])).err).toContain('a weir pull on "some-other-machine"');

    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill();
    await gone;
    lock(child.pid!);
    expect((await pull(["a/b"])).code).toBe(0);
    expect(names("models/vae")).toEqual(["x.safetensors"]);
  });

  test("two pulls of one file at once: one does it, the other says so, and the file is whole", async () => {
    hub.faults.push({ cutAfter: 1000 });
    const both = await Promise.all([pull(["a/b"]), pull(["a/b"])]);
    expect(both.some(({ code }) => code === 0)).toBe(true);
    for (const { code, err } of both) if (code !== 0) expect(err).toContain("fetches this file already");
    expect(names("models/vae")).toEqual(["x.safetensors"]);
    expect(readFileSync(join(cwd, "models/vae/x.safetensors")).equals(FILE.content)).toBe(true);
  });

  test("a file of the name that appears meanwhile is left alone", async () => {
    const world: Partial<PullWorld> = {
      open: async (...args) => {
        const handle = await open(...args);
        if (String(args[0]).endsWith(".part")) putPart("x.safetensors", "someone else's");
        return handle;
      },
    };
    const { code, err } = await pull(["a/b"], { world });
    expect(code).toBe(1);
    expect(err).toContain("appeared while it was fetched; it was left alone");
    expect(readFileSync(join(cwd, "models/vae/x.safetensors"), "utf8")).toBe("someone else's");
    expect(names("models/vae")).toEqual(["x.safetensors", PART]);
  });
});

describe("the header tells the folder", () => {
  const withTensors = async (keys: readonly string[]): Promise<Buffer> => {
    const path = join(cwd, "made.safetensors");
    await writeSafetensors(
      path,
      keys.map((name): TensorToWrite => ({ name, encoding: "F32", shape: [1], data: () => [new Uint8Array(4)] })),
    );
    const content = readFileSync(path);
    rmSync(path);
    return content;
  };

  test.each([
    ["diffusion_models", ["double_stream_modulation_img.lin.weight"]],
    ["diffusion_models", ["model.diffusion_model.double_stream_modulation_img.lin.weight"]],
    ["checkpoints", ["model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.decoder.conv_in.weight"]],
    ["vae", ["bn.running_mean", "decoder.conv_in.weight"]],
    ["text_encoders", ["model.layers.0.self_attn.q_norm.weight", "model.embed_tokens.weight"]],
    ["text_encoders", ["token_embd.weight", "blk.0.attn_q.weight"]],
    ["loras", ["diffusion_model.double_blocks.0.img_attn.proj.lora_A.weight"]],
    ["upscale_models", ["conv_first.weight"]],
  ])("%s", async (folder, keys) => {
    hub.repos.set("c/d", [{ path: "some-model.safetensors", content: await withTensors(keys) }]);
    const { code, out, err } = await pull(["c/d"]);
    expect({ code, out }).toEqual({ code: 0, out: `models/${folder}/some-model.safetensors\n` });
    expect(err).toContain("-> models, the folder that its header tells");
    expect(names("models")).toEqual([folder]);
    // There it is found the next time.
    const before = hub.at("cdn").length;
    expect((await pull(["c/d"])).out).toBe(out);
    expect(hub.at("cdn").length).toBe(before);
  });

  const shm = "/dev/shm";
  const otherDisk = existsSync(shm) && statSync(shm).dev !== statSync(tmpdir()).dev;
  test.skipIf(!otherDisk)("a folder that is a link to another disk", async () => {
    const disk = mkdtempSync(join(shm, "weir-pull-"));
    try {
      mkdirSync(join(cwd, "models"));
      symlinkSync(disk, join(cwd, "models/vae"));
      const content = await withTensors(["bn.running_mean"]);
      hub.repos.set("c/d", [{ path: "some-model.safetensors", content }]);
      expect((await pull(["c/d"])).out).toBe("models/vae/some-model.safetensors\n");
      expect(readdirSync(disk)).toEqual(["some-model.safetensors"]);
      expect(readFileSync(join(disk, "some-model.safetensors")).equals(content)).toBe(true);
      expect(names("models")).toEqual(["vae"]);
    } finally {
      rmSync(disk, { recursive: true });
    }
  });

  test.each([
    ["a header that says nothing", () => withTensors(["w"]), "does not tell which kind of model"],
    ["no header at all", () => Promise.resolve(randomBytes(1000)), "cannot be opened as weights"],
  ])("%s: whole, in the folder of all models, with a warning", async (_, content, words) => {
    hub.repos.set("c/d", [{ path: "some-model.safetensors", content: await content() }]);
    const { code, out, err } = await pull(["c/d"]);
    expect({ code, out }).toEqual({ code: 0, out: "models/some-model.safetensors\n" });
    expect(err).toContain(words);
    expect(err).not.toContain(".part");
    expect((await pull(["c/d"])).out).toBe(out);
  });
});
