import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { JobResult, NodeDeclaration } from "../../src/engine/messages.ts";
import { encodePng } from "../../src/formats/encodePng.ts";
import { type Script, statsAfter, weir } from "./harness.ts";

const int = { type: "INT", default: 0, min: 0, max: 2n ** 64n - 1n } as const;
const nodes: readonly NodeDeclaration[] = [
  {
    name: "Noise",
    displayName: "Noise",
    category: "test",
    inputs: {
      noise_seed: { ...int, controlAfterGenerate: true },
      steps: { ...int, default: 8 },
      text: { type: "STRING", default: "" },
    },
    outputs: [{ name: "CONDITIONING", type: "CONDITIONING" }],
    outputNode: true,
  },
];
const workflow =
  '{"3": {"class_type": "Noise", "inputs": {"noise_seed": 18446744073709551614, "steps": 8, "text": "a star"}}}';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-cli-"));
  writeFileSync(join(cwd, "w.json"), workflow);
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** Writes one picture a job, as SaveImage would, and tells of it. */
const paints = (more: Partial<Script> = {}): Script => {
  let n = 0;
  return {
    nodes,
    async job(job, _onEvent, engine) {
      n += 1;
      const filename = `p_${n}.png`;
      mkdirSync(engine.folders.output, { recursive: true });
      writeFileSync(join(engine.folders.output, filename), `picture of seed ${job.prompt["3"]!.inputs["noise_seed"]}`);
      return {
        status: "success",
        outputs: { "9": { images: [{ filename, subfolder: "", type: "output" }] } },
        stats: statsAfter(n),
        nodeErrors: {},
      };
    },
    ...more,
  };
};
const ends = (result: JobResult): Script => ({ nodes, job: async () => result });
const run = (args: string, script: Script = paints()) => weir(["run", ...args.split(" ")], { cwd, script });

describe("a run", () => {
  test("prints pictures on stdout and the run line on stderr", async () => {
    const { code, out, err, engine } = await run("w.json --output-directory pics");
    expect({ code, out, err }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "w.json: 1 node
      cpu (a test's device), at most 20.0 MB of its memory
      moved 29.0 MB (stream 24.0 MB, pin 5.00 MB); 100.0 % of the bound; peak 18.4 MB of 20.0 MB VRAM
      ",
        "out": "pics/p_1.png
      ",
      }
    `);
    expect(engine?.closed).toBe(true);
    expect(engine?.options).toMatchObject({ baseDirectory: cwd, outputDirectory: join(cwd, "pics") });
  });

  test("settings reach the prompt; a seed is exact to 2^64 - 1", async () => {
    const { engine } = await weir(
      ["run", "w.json", "--set", "3.steps=4", "--prompt", "a ring", "--seed", "18446744073709551615", "-o", "x.png"],
      { cwd, script: paints() },
    );
    expect(engine?.jobs[0]?.prompt["3"]?.inputs).toEqual({ noise_seed: 2n ** 64n - 1n, steps: 4, text: "a ring" });
  });

  test("--repeat: one engine, the seed grows by one and wraps, each run has numbers of its own", async () => {
    const { out, err, engine } = await run("w.json --repeat 3 --output-directory pics");
    expect(engine?.jobs.map((job) => job.prompt["3"]?.inputs["noise_seed"])).toEqual([
      2n ** 64n - 2n,
      2n ** 64n - 1n,
      0,
    ]);
    expect(out).toBe("pics/p_1.png\npics/p_2.png\npics/p_3.png\n");
    expect(new Set(err.trim().split("\n").slice(2)).size).toBe(1);
  });

  test("-o: only the pictures asked for, under their names", async () => {
    const { out, engine } = await run("w.json w.json -o star.png");
    expect(out).toBe("star.png\nstar-2.png\n");
    expect(readFileSync(join(cwd, "star.png"), "utf8")).toContain("picture of seed");
    expect(existsSync(engine!.folders.output)).toBe(false);
  });

  test("-o with a folder: pictures keep their names", async () => {
    const { out } = await run("w.json -o made/");
    expect(out).toBe("made/p_1.png\n");
  });

  test("--stats json: one object and nothing else on stdout", async () => {
    const { out } = await run("w.json --repeat 2 -o x.png --stats json");
    const { pictures, runs } = JSON.parse(out);
    expect(pictures).toEqual(["x.png", "x-2.png"]);
    expect(runs).toHaveLength(2);
    expect(runs[1]).toMatchObject({ file: "w.json", repeat: 1, stats: { counters: { movedBytes: 29e6 } } });
    expect(runs[1].stats.passes).toHaveLength(3);
  });

  test("a picture's workflow runs as it is", async () => {
    const pixels = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
    writeFileSync(join(cwd, "made.png"), encodePng(pixels, { prompt: workflow, workflow: '{"nodes": []}' }));
    const { code, engine } = await run("made.png -o again.png");
    expect(code).toBe(0);
    expect(engine?.jobs[0]).toMatchObject({
      prompt: { "3": { inputs: { noise_seed: 2n ** 64n - 2n } } },
      extraPngInfo: { workflow: { nodes: [] } },
    });
  });

  test("--verbose names the device and each move; a restart is told", async () => {
    const script: Script = {
      nodes,
      job: async (_job, onEvent) => {
        const at = { at: 1, device: "cpu" };
        const move = {
          kind: "move",
          ...at,
          weight: 7,
          bytes: 1_200_000,
          from: "disk",
          to: "vram",
          reason: "stream",
        } as const;
        onEvent({ kind: "memory", weight: "double_blocks.0.img_attn.qkv.weight", event: move });
        onEvent({ kind: "memory", event: { kind: "acquire", ...at, stage: "double_blocks.0", hit: true } });
        onEvent({ kind: "restarted", reason: "SIGKILL", where: "double_blocks.0 of demo" });
        onEvent({ kind: "warning", text: "one output cannot run" });
        return { status: "success", outputs: {}, stats: statsAfter(1), nodeErrors: {} };
      },
    };
    const { err } = await run("w.json --verbose", script);
    expect(err).toMatchInlineSnapshot(`
      "w.json: 1 node
      cpu (a test's device), at most 20.0 MB of its memory
        move  double_blocks.0.img_attn.qkv.weight  1.20 MB  disk -> vram  stream
      the engine died in double_blocks.0 of demo (SIGKILL); starting again
      warning: one output cannot run
      moved 29.0 MB (stream 24.0 MB, pin 5.00 MB); 100.0 % of the bound; peak 18.4 MB of 20.0 MB VRAM
      "
    `);
  });
});

describe("what a user can meet", () => {
  const failure = async (args: string, script?: Script) => {
    const { code, out, err } = await run(args, script);
    expect(out).toBe("");
    return `${code} ${err.replaceAll(cwd, "CWD")}`;
  };

  test("usage", async () => {
    expect(await failure("w.json --vram lots")).toMatchInlineSnapshot(`
      "2 weir: --vram takes an amount of memory such as 8GB, 7.5GiB or 400MB, or a share of the device's memory such as 60%; got "lots"
      "
    `);
    expect(await failure("w.json --vram 8")).toMatchInlineSnapshot(`
      "2 weir: --vram takes an amount of memory such as 8GB, 7.5GiB or 400MB, or a share of the device's memory such as 60%; got "8"
      "
    `);
    expect(await failure("w.json --vram-weights 120%")).toMatchInlineSnapshot(`
      "2 weir: --vram-weights takes an amount of memory such as 8GB, 7.5GiB or 400MB, or a share of the model's weights such as 60%; got "120%"
      "
    `);
    expect(await failure("w.json --seed -1")).toMatchInlineSnapshot(`
      "2 weir: --seed takes a whole number from 0 to 18446744073709551615; got "-1"
      "
    `);
    expect(await failure("w.json --seed 18446744073709551616")).toMatchInlineSnapshot(`
      "2 weir: --seed takes a whole number from 0 to 18446744073709551615; got "18446744073709551616"
      "
    `);
    expect(await failure("w.json --steps 0")).toMatchInlineSnapshot(`
      "2 weir: --steps takes a whole number from 1 up; got "0"
      "
    `);
    expect(await failure("w.json --stats xml")).toMatchInlineSnapshot(`
      "2 weir: --stats takes json; got "xml"
      "
    `);
    expect(await failure("w.json --sed 5")).toMatchInlineSnapshot(`
      "2 weir: unknown option '--sed'
      (Did you mean one of --seed, --set?)
      (weir run --help lists what it takes)
      "
    `);
    expect(await failure("w.json --seed")).toMatchInlineSnapshot(`
      "2 weir: option '--seed <n>' argument missing
      (weir run --help lists what it takes)
      "
    `);
  });

  test("no file, no such command", async () => {
    const { code, err } = await weir(["run"], { cwd });
    expect(`${code} ${err}`).toMatchInlineSnapshot(`
      "2 weir: missing required argument 'file'
      (weir run --help lists what it takes)
      "
    `);
    const other = await weir(["rnu"], { cwd });
    expect(`${other.code} ${other.err}`).toMatchInlineSnapshot(`
      "2 weir: unknown command 'rnu'
      (Did you mean run?)
      (weir --help lists the commands)
      "
    `);
  });

  test("files that are no workflow", async () => {
    writeFileSync(join(cwd, "broken.json"), '{"3": ');
    writeFileSync(join(cwd, "other.json"), '{"a": 1}');
    writeFileSync(join(cwd, "ui.json"), '{"nodes": [{}], "links": []}');
    writeFileSync(join(cwd, "bare.png"), encodePng({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }, {}));
    expect(await failure("missing.json")).toMatchInlineSnapshot(`
      "2 weir: cannot read missing.json: there is no such file; give a workflow (JSON) or a picture (PNG)
      "
    `);
    expect(await failure(".")).toMatchInlineSnapshot(`
      "2 weir: cannot read .: it is a folder; give a workflow (JSON) or a picture (PNG)
      "
    `);
    expect(await failure("broken.json")).toMatchInlineSnapshot(`
      "3 weir: broken.json is not JSON: expected a JSON value, found the end of the text (line 1, column 7)
      "
    `);
    expect(await failure("other.json")).toMatchInlineSnapshot(`
      "3 weir: other.json holds no workflow in API format: none of a has a class_type
      "
    `);
    expect(await failure("ui.json")).toMatchInlineSnapshot(`
      "3 weir: ui.json is no workflow of the page: one of its nodes has no id or no type
      "
    `);
    expect(await failure("bare.png")).toMatchInlineSnapshot(`
      "3 weir: bare.png carries no workflow: a picture made by SaveImage has a text chunk "prompt", this one has no text at all
      "
    `);
  });

  test("folders that are not there, before anything starts", async () => {
    writeFileSync(join(cwd, "file"), "");
    expect(await failure("w.json --base-directory nowhere")).toMatchInlineSnapshot(`
      "2 weir: --base-directory is CWD/nowhere, and there is no such folder
      "
    `);
    expect(await failure("w.json --models-directory file")).toMatchInlineSnapshot(`
      "2 weir: --models-directory is CWD/file, and that is no folder
      "
    `);
    expect(await failure("w.json --input-directory nowhere")).toMatch(/^2 weir: --input-directory is CWD\/nowhere,/);
  });

  test("an old Node, for all but who asks what is missing", async () => {
    const old = { cwd, node: "18.20.4" };
    expect(await weir(["run", "w.json"], old)).toMatchObject({
      code: 2,
      err: "weir: Node 18.20.4 is too old: >=20.19 is needed; install it from https://nodejs.org\n",
      engine: undefined,
    });
    expect((await weir(["--version"], old)).code).toBe(0);
    expect(await weir(["run", "w.json", "-o", "x.png"], { cwd, node: "20.19.0", script: paints() })).toMatchObject({
      code: 0,
    });
  });

  test("nothing is left in the system's folder of temporary files by what is refused", async () => {
    const scratch = () => readdirSync(tmpdir()).filter((name) => name.startsWith("weir-pictures-"));
    const mine = join(cwd, "tmp");
    mkdirSync(mine);
    vi.stubEnv("TMPDIR", mine);
    await failure("w.json -o x.png --trace nowhere/t.json");
    await failure("w.json -o x.png --novram --lowvram");
    expect(scratch()).toEqual([]);
    vi.unstubAllEnvs();
  });

  test("settings that fit nothing", async () => {
    expect(await failure("w.json --set 4.steps=2")).toMatchInlineSnapshot(`
      "2 w.json: 1 node
      weir: there is no node "4"; the nodes are: 3 (Noise)
      "
    `);
    expect(await failure("w.json --set 3.stepz=2")).toMatchInlineSnapshot(`
      "2 w.json: 1 node
      weir: node 3 (Noise) has no input "stepz"; its inputs: noise_seed, steps, text
      "
    `);
    expect(await failure("w.json --set steps")).toMatchInlineSnapshot(`
      "2 w.json: 1 node
      weir: --set steps: write it as node.input=value, such as 3.steps=8 or KSampler.seed=5
      "
    `);
  });

  test("a place that cannot be written, before anything runs", async () => {
    writeFileSync(join(cwd, "file"), "");
    expect(await failure("w.json -o nowhere/x.png")).toMatchInlineSnapshot(`
      "1 weir: cannot write into CWD/nowhere: the folder does not exist; choose another place with -o
      "
    `);
    expect(await failure("w.json -o file/x.png")).toMatchInlineSnapshot(`
      "1 weir: cannot write into CWD/file: it is not a folder; choose another place with -o
      "
    `);
  });

  test("workflows that do not validate", async () => {
    const lines = ['node 1 (UNETLoader): "unet_name" is "dev.safetensors"; there is: demo.safetensors'];
    const invalid = { status: "invalid", error: {}, nodeErrors: {}, lines } as const;
    expect(await failure("w.json", ends({ ...invalid, missingFiles: true }))).toMatchInlineSnapshot(`
      "5 w.json: 1 node
      cpu (a test's device), at most 20.0 MB of its memory
      weir: w.json cannot run:
        node 1 (UNETLoader): "unet_name" is "dev.safetensors"; there is: demo.safetensors
        models are looked for in CWD/models
        weir pull klein-4b fetches a set of models; docs/models.md lists the others
      "
    `);
    const picture = ["node 1 (LoadImage): Invalid image file: x.png"];
    const missing = (args: string, ...all: string[]) =>
      failure(args, ends({ ...invalid, lines: all, missingFiles: true }));
    const alone = await missing("w.json --input-directory .", ...picture);
    expect(alone).toContain("\n  pictures are looked for in CWD\n");
    expect(alone).not.toMatch(/weir pull|models are/);
    writeFileSync(join(cwd, "paths.yaml"), "");
    const both = await missing("w.json --extra-model-paths-config paths.yaml", ...lines, ...picture);
    expect(both).toContain("\n  models are looked for in CWD/models, and where CWD/paths.yaml says\n");
    expect(both).toContain("\n  pictures are looked for in CWD/input\n  weir pull");
    expect(await failure("w.json", ends({ ...invalid, missingFiles: false }))).toMatch(/^3 /);
  });

  test("a run that fails", async () => {
    const error = { code: "does-not-fit", message: "demo: stage a needs 2 MB; the budget is 1 MB. Try --vram 2MB." };
    const failed = { status: "error", node: "5", classType: "KSampler" } as const;
    expect(await failure("w.json", ends({ ...failed, error }))).toMatchInlineSnapshot(`
      "4 w.json: 1 node
      cpu (a test's device), at most 20.0 MB of its memory
      weir: KSampler (node 5): demo: stage a needs 2 MB; the budget is 1 MB. Try --vram 2MB.
        what each part of the workflow takes: weir plan w.json
      "
    `);
    mkdirSync(join(cwd, "my models"));
    expect(
      await weir(["run", "w.json", "--base-directory", "my models"], { cwd, script: ends({ ...failed, error }) }),
    ).toMatchObject({
      err: expect.stringContaining('weir plan w.json --base-directory "my models"\n'),
    });
    const died = {
      code: "engine-died",
      message:
        "the engine died twice in double_blocks.3 of demo, in node 5 (KSampler) (SIGABRT: ...); try --device cpu",
      detail: { output: ["loading", "GGML_ASSERT(a) failed"] },
    };
    expect(await failure("w.json", ends({ ...failed, error: died }))).toMatchInlineSnapshot(`
      "1 w.json: 1 node
      cpu (a test's device), at most 20.0 MB of its memory
      weir: the engine died twice in double_blocks.3 of demo, in node 5 (KSampler) (SIGABRT: ...); try --device cpu
        GGML_ASSERT(a) failed
      "
    `);
    const internal = {
      code: "internal",
      message: "invariant: lease count -1",
      detail: { stack: "Error: x\n    at y.ts:1" },
    };
    expect(await failure("w.json", ends({ ...failed, error: internal }))).toMatchInlineSnapshot(`
      "1 w.json: 1 node
      cpu (a test's device), at most 20.0 MB of its memory
      weir: internal error: KSampler (node 5): invariant: lease count -1; WEIR_DEBUG=1 shows where
      "
    `);
  });

  test("a stack is shown for WEIR_DEBUG=1 only", async () => {
    const error = { code: "internal", message: "oops", detail: { stack: "Error: oops\n    at there.ts:1:2" } };
    const script = ends({ status: "error", error });
    expect((await weir(["run", "w.json"], { cwd, script })).err).not.toContain("there.ts");
    expect((await weir(["run", "w.json"], { cwd, script, env: { WEIR_DEBUG: "1" } })).err).toContain("there.ts:1:2");
  });

  test("an engine that does not start", async () => {
    const fails = Object.assign(new Error('there is no device "tpu"; found: cpu'), { code: "device-not-found" });
    expect(await failure("w.json --device tpu", { ...paints(), fails })).toMatchInlineSnapshot(`
      "2 w.json: 1 node
      weir: there is no device "tpu"; found: cpu
      "
    `);
  });
});

describe("Ctrl-C", () => {
  test("once: the job is asked to stop, exit 130", async () => {
    let press = () => {};
    const script: Script = {
      nodes,
      job: (_job, _onEvent, engine) =>
        new Promise((resolve) => {
          engine.onInterrupt = () => resolve({ status: "interrupted" });
          press();
        }),
    };
    const { code, err, engine } = await weir(["run", "w.json", "-o", "x.png"], {
      cwd,
      script,
      ready: (p) => (press = p),
    });
    expect({ code, err }).toMatchInlineSnapshot(`
      {
        "code": 130,
        "err": "w.json: 1 node
      cpu (a test's device), at most 20.0 MB of its memory
      stopping; Ctrl-C again ends it at once
      weir: interrupted
      ",
      }
    `);
    expect(engine?.interrupted).toHaveLength(1);
    expect(engine?.closed).toBe(true);
  });

  test("twice: the engine is ended", async () => {
    let press = () => {};
    const script: Script = {
      nodes,
      job: (_job, _onEvent, engine) =>
        new Promise((resolve) => {
          press();
          press();
          if (engine.closed) resolve({ status: "interrupted" });
        }),
    };
    const { code } = await weir(["run", "w.json"], { cwd, script, ready: (p) => (press = p) });
    expect(code).toBe(130);
  });

  test("while the engine starts", async () => {
    // Nobody listens before the command is loaded, which takes as long as it takes.
    let pressing: NodeJS.Timeout | undefined;
    const result = weir(["run", "w.json"], {
      cwd,
      script: { ...paints(), hangs: true },
      ready: (press) => {
        pressing = setInterval(press, 20);
      },
    }).finally(() => clearInterval(pressing));
    expect(await result).toMatchObject({ code: 130, err: "w.json: 1 node\nweir: interrupted\n" });
  });
});
