import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  demo,
  EngineError,
  InvalidWorkflow,
  type JobEvent,
  openWeir,
  RunInterrupted,
  SettingError,
  type Weir,
} from "weir";

const root = join(import.meta.dirname, "../..");
let cwd: string;
let weir: Weir;
const small = { "9.width": 64, "9.height": 64 };

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "weir-library-"));
  weir = await openWeir({ baseDirectory: demo.baseDirectory, outputDirectory: cwd, device: "cpu", vram: "1GB" });
});
afterAll(async () => {
  await weir.close();
  rmSync(cwd, { recursive: true });
});

test("says what it runs on", () => {
  expect(weir.device).toBe("cpu");
  expect(weir.vram).toBe(1e9);
  expect(weir.nodes.map((node) => node.name)).toContain("SaveImage");
});

test("a picture from a file, with progress; the same from an object and from the picture itself", async () => {
  const events: JobEvent[] = [];
  const settings = { prompt: "a green heart", seed: 2n ** 64n - 1n, steps: 2, set: small };
  const { images, stats } = await weir.run(demo.workflow, { ...settings, onEvent: (event) => events.push(event) });
  expect(images).toHaveLength(1);
  const [image] = images;
  expect(image!.node).toBe("12");
  const bytes = Buffer.from(await image!.read());
  expect(bytes.equals(readFileSync(image!.path))).toBe(true);
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(stats.counters.movedBytes).toBeGreaterThan(13e6);
  expect(events.flatMap((event) => (event.kind === "progress" ? [event.value] : []))).toEqual([1, 2]);

  const object = JSON.parse(readFileSync(demo.workflow, "utf8")) as Record<string, unknown>;
  const again = await weir.run(object, { ...settings, set: { ...small, "SaveImage.filename_prefix": "again" } });
  // Another prefix is another text in the file: what is left is compared by running the first picture.
  expect(again.images[0]!.path).toContain("again_00001_.png");
  const third = await weir.run(image!.path, {});
  expect(Buffer.from(await third.images[0]!.read()).equals(bytes)).toBe(true);
});

describe("errors are typed and have codes", () => {
  test("a workflow that does not validate says each problem", async () => {
    const wrong = { "1": { class_type: "VAEDecod", inputs: {} } };
    const error = await weir.run(wrong).catch((error) => error);
    expect(error).toBeInstanceOf(InvalidWorkflow);
    expect(error).toMatchObject({ code: "invalid-workflow", lines: [expect.stringContaining("VAEDecod")] });
    expect((error as Error).message).toMatch(/^the workflow cannot run:\n {2}node 1: .*VAEDecod/);
  });

  test.each([
    ["no such file", () => weir.run("none.json"), { code: "no-such-file" }],
    ["no workflow", () => weir.run({ a: 1 }), { code: "no-workflow" }],
    ["a setting", () => weir.run(demo.workflow, { set: { "99.steps": 1 } }), { code: "bad-setting" }],
    ["an inexact seed", () => weir.run(demo.workflow, { seed: 2 ** 60 }), { code: "bad-setting" }],
    ["a negative seed", () => weir.run(demo.workflow, { seed: -1n }), { code: "bad-setting" }],
    ["memory", () => openWeir({ baseDirectory: demo.baseDirectory, vram: "lots" }), { code: "usage" }],
    ["what others keep", () => openWeir({ reserveVram: "much" }), { code: "usage" }],
    ["RAM", () => openWeir({ ram: "much" }), { code: "usage" }],
    ["threads", () => openWeir({ threads: 0 }), { code: "usage", message: expect.stringContaining("threads is 0") }],
    ["model folders", () => openWeir({ extraModelPathsConfig: ["none.yaml"] }), { code: "bad-model-paths" }],
    [
      "an option that is none",
      () => openWeir({ vrm: "8GB" } as object),
      { code: "usage", message: expect.stringContaining('no option "vrm"; it has baseDirectory, ') },
    ],
    ["a device", () => openWeir({ baseDirectory: demo.baseDirectory, device: "tpu" }), { code: "device-not-found" }],
  ])("%s", async (_name, run, expected) => {
    const error = await (run() as Promise<unknown>).catch((error: unknown) => error);
    expect(error).toMatchObject(expected);
  });

  test("by class, too", async () => {
    const device = await openWeir({ baseDirectory: demo.baseDirectory, device: "tpu" }).catch((error) => error);
    expect(device).toBeInstanceOf(EngineError);
    const setting = await weir.run(demo.workflow, { seed: -1n }).catch((error) => error);
    expect(setting).toBeInstanceOf(SettingError);
  });

  test("an engine with too small a budget names the flag", async () => {
    await using tight = await openWeir({ baseDirectory: demo.baseDirectory, outputDirectory: cwd, vram: "1MB" });
    const error = await tight.run(demo.workflow).catch((error) => error);
    expect(error).toMatchObject({ code: "does-not-fit", message: expect.stringContaining("--vram") });
  });
});

describe("stopping", () => {
  test("an AbortSignal stops a run, and the next one works", async () => {
    const stop = new AbortController();
    const before = readdirSync(cwd).length;
    const stopped = weir.run(demo.workflow, {
      steps: 400,
      set: small,
      signal: stop.signal,
      onEvent: (event) => event.kind === "progress" && event.value === 2 && stop.abort(new Error("enough")),
    });
    const error = await stopped.catch((error) => error);
    expect(error).toBeInstanceOf(RunInterrupted);
    expect(error).toMatchObject({ code: "interrupted", cause: expect.objectContaining({ message: "enough" }) });
    expect(readdirSync(cwd)).toHaveLength(before);
    expect((await weir.run(demo.workflow, { steps: 1, set: small })).images).toHaveLength(1);
  });

  test("a signal that has fired already runs nothing", async () => {
    const seen: JobEvent[] = [];
    const signal = AbortSignal.abort();
    const run = weir.run(demo.workflow, { signal, onEvent: (event) => seen.push(event) });
    await expect(run).rejects.toMatchObject({ code: "interrupted" });
    await expect(openWeir({ signal })).rejects.toMatchObject({ code: "interrupted" });
    expect(seen).toEqual([]);
  });

  test("closing stops what runs", async () => {
    const other = await openWeir({ baseDirectory: demo.baseDirectory, outputDirectory: cwd, device: "cpu" });
    const running = other.run(demo.workflow, {
      steps: 400,
      set: small,
      onEvent: (event) => event.kind === "progress" && event.value === 1 && void other.close(),
    });
    await expect(running).rejects.toMatchObject({ code: "interrupted" });
    await other.close();
  });
});

describe("the example", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "weir-example-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("has ten lines and makes a picture", async () => {
    const file = join(root, "examples/ts/picture.ts");
    expect(
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.trim() !== "").length,
    ).toBeLessThanOrEqual(10);
    const argv = ["--import", join(root, "node_modules/jiti/lib/jiti-register.mjs"), file];
    const child = spawn(process.execPath, argv, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(out).toContain("step 8 of 8\n");
    expect(readdirSync(join(folder, "pictures"))).toEqual(["weir-demo_00001_.png"]);
  });
});
