import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { root, runBuilt, startBuilt } from "./built.ts";

const demo = join(root, "demo");
const klein = join(demo, "klein.json");
/** Few steps and a small picture: what is tested here does not depend on them. */
const STEPS = ["--steps", "2"];
const SMALL = [...STEPS, "--set", "9.width=64", "--set", "9.height=64"];

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-demo-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const hash = (file: string) =>
  createHash("sha256")
    .update(readFileSync(join(cwd, file)))
    .digest("hex");
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runBuilt(["run", klein, "--base-directory", demo, ...SMALL, ...args], cwd, env);

/** Processes that run in this test's folder, which an engine inherits. Seen where there is a /proc; elsewhere nothing is claimed. */
function processesHere(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === cwd;
    } catch {
      return false; // gone meanwhile, or not ours to see
    }
  });
}
async function nothingRuns(): Promise<void> {
  while (processesHere().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("a picture", () => {
  test("weir demo: says where it is and what to try next", async () => {
    const { code, out, err } = await runBuilt(["demo", "a big yellow star in a night sky", ...STEPS], cwd);
    expect(err).toContain("Try next:");
    expect({ code, out }).toEqual({ code: 0, out: "weir-demo.png\n" });
    expect(err).toContain(`The picture is ${join(cwd, "weir-demo.png")}`);
    expect(readdirSync(cwd)).toEqual(["weir-demo.png"]);
    expect(err).toMatch(/SamplerCustomAdvanced: .* 2\/2 steps/);
    expect(err).toMatch(/moved [\d.]+ MB \(.*\); .*; peak [\d.]+ MB of [\d.]+ [MG]B VRAM/);
  });

  test("a picture makes itself again, byte for byte, its seed above 2^53 included", async () => {
    const first = await run(["--seed", "18446744073709551615", "--prompt", "a green heart", "-o", "a.png"]);
    expect(first).toMatchObject({ code: 0, out: "a.png\n" });
    const second = await runBuilt(["run", "a.png", "--base-directory", demo, "-o", "b.png"], cwd);
    expect(second).toMatchObject({ code: 0, out: "b.png\n" });
    expect(hash("b.png")).toBe(hash("a.png"));
    const other = await run(["--seed", "18446744073709551614", "--prompt", "a green heart", "-o", "c.png"]);
    expect(other.code).toBe(0);
    expect(hash("c.png")).not.toBe(hash("a.png"));
  });

  test("--stats json has the numbers; --repeat makes other pictures in the same engine, whose weights stay", async () => {
    const { code, out } = await run(["--repeat", "2", "-o", "x.png", "--stats", "json"]);
    expect(code).toBe(0);
    const { pictures, runs } = JSON.parse(out);
    expect(pictures).toEqual(["x.png", "x-2.png"]);
    expect(hash("x.png")).not.toBe(hash("x-2.png"));
    expect(runs[0].stats.counters.movedBytes).toBeGreaterThan(13e6);
    expect(runs[1].stats.counters.movedBytes).toBe(0);
    expect(runs[0].stats.vram.peak).toBeLessThanOrEqual(runs[0].stats.vram.budget);
  });
});

describe("a death", () => {
  let clean: string;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "weir-clean-"));
    await runBuilt(["run", klein, "--base-directory", demo, ...SMALL, "-o", "clean.png"], folder);
    clean = createHash("sha256")
      .update(readFileSync(join(folder, "clean.png")))
      .digest("hex");
    rmSync(folder, { recursive: true });
  });

  test.each(["abort", "kill"])("of the engine by %s in the second step: the same picture", async (how) => {
    const { code, out, err } = await run(["-o", "x.png"], { WEIR_TEST_CRASH: `stage:14:${how}` });
    expect(err).toMatch(
      /the engine died in \S+ of flux2\S*, in node \w+ \(SamplerCustomAdvanced\) \(SIG\w+: .*\); starting again/,
    );
    expect({ code, out }).toEqual({ code: 0, out: "x.png\n" });
    expect(hash("x.png")).toBe(clean);
    expect(readdirSync(cwd)).toEqual(["x.png"]);
    await nothingRuns();
  });

  test("twice: an error that names the stage, and nothing is left", async () => {
    const { code, out, err } = await run(["-o", "x.png"], { WEIR_TEST_CRASH: "stage:14:abort:always" });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(
      /weir: the engine died twice in \S+ of flux2\S*, in node \w+ \(SamplerCustomAdvanced\) \(SIGABRT/,
    );
    expect(err).not.toMatch(/^\s+at /m);
    expect(readdirSync(cwd)).toEqual([]);
    await nothingRuns();
  });

  test("of the command by kill -9: the engine goes too", async () => {
    const running = startBuilt(["run", klein, "--base-directory", demo, "--steps", "400", "-o", "x.png"], cwd);
    await running.said("UNETLoader");
    running.child.kill("SIGKILL");
    await running.ended;
    await nothingRuns();
    expect(readdirSync(cwd)).toEqual([]);
  });
});

test("Ctrl-C stops the run: exit 130, no picture, no process", async () => {
  const running = startBuilt(["run", klein, "--base-directory", demo, "--steps", "400", "-o", "x.png"], cwd);
  await running.said("UNETLoader");
  running.child.kill("SIGINT");
  const { code, out, err } = await running.ended;
  expect({ code, out }).toEqual({ code: 130, out: "" });
  expect(err).toContain("weir: interrupted");
  expect(readdirSync(cwd)).toEqual([]);
  await nothingRuns();
});

describe("bad input", () => {
  const edited = (edit: (prompt: Record<string, { class_type: string; inputs: Record<string, unknown> }>) => void) => {
    const prompt = JSON.parse(readFileSync(klein, "utf8"));
    edit(prompt);
    writeFileSync(join(cwd, "w.json"), JSON.stringify(prompt));
    return ["run", "w.json", "--base-directory", demo, "-o", "x.png"];
  };
  const of = (classType: string) => (prompt: Record<string, { class_type: string; inputs: Record<string, unknown> }>) =>
    Object.values(prompt).find((node) => node.class_type === classType)!;
  const fails = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { code, out, err } = await runBuilt(argv, cwd, env);
    expect(out).toBe("");
    expect(err).not.toMatch(/^\s+at /m);
    expect(readdirSync(cwd).filter((name) => name.endsWith(".png") || name.endsWith(".tmp"))).toEqual([]);
    return { code, err: err.slice(err.indexOf("weir:")).replaceAll(cwd, "CWD").replaceAll(root, "ROOT") };
  };
  /** The demo's folder with one model replaced. */
  const base = (folder: string, name: string, make: (path: string) => void) => {
    for (const [kind, file] of [
      ["diffusion_models", "weir-demo-dit.safetensors"],
      ["text_encoders", "weir-demo-te.safetensors"],
      ["vae", "weir-demo-vae.safetensors"],
    ] as const) {
      mkdirSync(join(cwd, "models", kind), { recursive: true });
      copyFileSync(join(demo, "models", kind, file), join(cwd, "models", kind, file));
    }
    const path = join(cwd, "models", folder, name);
    make(path);
    return ["run", klein, "--base-directory", cwd, ...STEPS];
  };

  test("a missing model names what exists", async () => {
    const argv = edited((prompt) => (of("UNETLoader")(prompt).inputs["unet_name"] = "dev.safetensors"));
    expect(await fails(argv)).toMatchInlineSnapshot(`
      {
        "code": 5,
        "err": "weir: w.json cannot run:
        node 1 (UNETLoader): "unet_name" is "dev.safetensors"; there is: weir-demo-dit.safetensors
        models are looked for in ROOT/demo/models
        weir pull klein-4b fetches a set of models; docs/models.md lists the others
      ",
      }
    `);
  });

  test("an unknown node", async () => {
    expect(await fails(edited((prompt) => (of("VAEDecode")(prompt).class_type = "VAEDecod")))).toMatchInlineSnapshot(`
      {
        "code": 3,
        "err": "weir: w.json cannot run:
        node 11: there is no node class "VAEDecod" here; it is a custom node, or one that is not built in yet
      ",
      }
    `);
  });

  test("a bad link", async () => {
    const argv = edited((prompt) => (of("VAEDecode")(prompt).inputs["samples"] = ["99", 0]));
    expect(await fails(argv)).toMatchInlineSnapshot(`
      {
        "code": 3,
        "err": "weir: w.json cannot run:
        node 11 (VAEDecode): it links to node '99', which is not there
      ",
      }
    `);
  });

  test("a size out of range", async () => {
    const argv = edited((prompt) => {
      const latent = Object.values(prompt).find((node) => node.class_type.startsWith("Empty"))!;
      latent.inputs["width"] = 8;
    });
    expect(await fails(argv)).toMatchInlineSnapshot(`
      {
        "code": 3,
        "err": "weir: w.json cannot run:
        node 9 (EmptyFlux2LatentImage): "width" is 8, the least is 16
      ",
      }
    `);
  });

  test("a model of another kind", async () => {
    const vae = join(demo, "models/vae/weir-demo-vae.safetensors");
    const argv = base("diffusion_models", "weir-demo-dit.safetensors", (path) => copyFileSync(vae, path));
    expect(await fails(argv)).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "weir: UNETLoader (node 1): CWD/models/diffusion_models/weir-demo-dit.safetensors is not a Flux 2 transformer: it looks like a Flux 2 VAE. Choose another file.
      ",
      }
    `);
  });

  test("a file that was cut", async () => {
    const argv = base("diffusion_models", "weir-demo-dit.safetensors", (path) => truncateSync(path, 100_000));
    expect(await fails(argv)).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "weir: UNETLoader (node 1): CWD/models/diffusion_models/weir-demo-dit.safetensors: tensor "double_blocks.0.img_attn.proj.weight" ends at byte 135512, the file has 100000: is the download complete?
      ",
      }
    `);
  });

  test("a budget that is too small says both numbers and the flag", async () => {
    const { code, err } = await fails(["run", klein, "--base-directory", demo, "-o", "x.png", "--vram", "1MB"]);
    expect(code).toBe(4);
    expect(err).toMatch(/needs [\d.]+ [KM]B .*; the budget is 1\.00 MB\. Try --vram [\d.]+MB\./);
  });

  test("a device that is not there", async () => {
    const { code, err } = await fails(["run", klein, "--base-directory", demo, "-o", "x.png", "--device", "tpu"]);
    expect(code).toBe(2);
    expect(err).toMatch(/weir: there is no device "tpu"; found: .*cpu/);
  });

  test("an output folder that cannot be written", async () => {
    writeFileSync(join(cwd, "file"), "");
    const argv = ["run", klein, "--base-directory", demo, ...STEPS, "--output-directory", "file/there"];
    expect(await fails(argv)).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "weir: cannot write into CWD/file/there: it is not a folder; choose another --output-directory
      ",
      }
    `);
  });
});
