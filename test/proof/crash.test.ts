import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineOptions, JobEvent, JobResult } from "../../src/engine/messages.ts";
import { startEngine } from "../../src/engine/supervisor.ts";
import type { Prompt } from "../../src/workflow/node.ts";
import { root, runBuilt } from "../cli/built.ts";
import { demoStages } from "./demoStages.ts";
import { PROOF_SEED, random } from "./random.ts";

/**
 * The built engine dies, by SIGKILL or by a native abort, at random stages of the second step of the demo's workflow, under the real
 * supervisor. A death costs a reload and nothing else. The picture is small (64 x 64, two steps): what is proven does not depend on it.
 */
const STEPS = 2;
const demo = join(root, "demo");
const { text, modulation, step } = await demoStages();

/** Every stage of the second step by each way to die, in a random order. */
const pick = random(PROOF_SEED);
const deaths = step.flatMap((name, i) =>
  (["kill", "abort"] as const).map((how) => ({ how, name, stage: text + STEPS * modulation + step.length + i + 1 })),
);
for (let i = deaths.length - 1; i > 0; i--) {
  const j = pick(i + 1);
  [deaths[i], deaths[j]] = [deaths[j]!, deaths[i]!];
}
const chosen = Array.from({ length: 20 }, (_, i) => deaths[i % deaths.length]!);

let folder: string;
let prompt: Prompt;
let picture: Buffer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-crash-"));
  const nodes = JSON.parse(readFileSync(join(demo, "klein.json"), "utf8")) as Record<
    string,
    { class_type: string; inputs: Record<string, unknown> }
  >;
  for (const { inputs } of Object.values(nodes)) {
    if ("width" in inputs) inputs["width"] = inputs["height"] = 64;
    if ("steps" in inputs) inputs["steps"] = STEPS;
  }
  prompt = nodes as Prompt;
  writeFileSync(join(folder, "small.json"), JSON.stringify(nodes));
  const { result, left } = await draw("undisturbed", {});
  expect(result.status).toBe("success");
  picture = left[0]!.bytes;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two at a time, one native thread each: the machine has two cores at least. */
let free = 2;
const waiting: (() => void)[] = [];
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((go) => waiting.push(go));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

interface Drawn {
  readonly result: JobResult;
  readonly events: readonly JobEvent[];
  /** Every process that served, in order. */
  readonly pids: readonly number[];
  /** Every file there is afterwards, pictures and whatever else. */
  readonly left: readonly { readonly name: string; readonly bytes: Buffer }[];
}

/** One picture through a supervisor of its own, into a folder of its own. A third of the weights fit, so that some are on their way. */
async function draw(
  name: string,
  env: Readonly<Record<string, string>>,
  more: Partial<EngineOptions> = {},
): Promise<Drawn> {
  const output = join(folder, name);
  mkdirSync(output);
  const engine = await startEngine(
    {
      disableDynamicVram: false,
      forceFp32: false,
      baseDirectory: demo,
      outputDirectory: output,
      tempDirectory: output,
      device: "cpu",
      threads: 1,
      disableMetadata: false,
      verbose: false,
      ...more,
    },
    { entry: join(root, "dist/engine/main.js"), env: { ...process.env, ...env } },
  );
  const pids = [engine.pid];
  const events: JobEvent[] = [];
  try {
    const result = await engine.run({ id: name, prompt, extraPngInfo: {} }, (event) => {
      if (engine.pid > 0 && !pids.includes(engine.pid)) pids.push(engine.pid);
      events.push(event);
    });
    const left = readdirSync(output, { recursive: true, encoding: "utf8" }).map((file) => ({
      name: file,
      bytes: readFileSync(join(output, file)),
    }));
    return { result, events, pids, left };
  } finally {
    await engine.close();
  }
}

/** Whether a process is there; one that has ended and was not yet waited for is not. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe.concurrent(`seed ${PROOF_SEED}: one death`, { timeout: 600_000 }, () => {
  test.each(chosen.map((death, n) => ({ n, ...death })))(
    "$n: $how at stage $stage, $name: the same picture",
    ({ n, how, name, stage }) =>
      inTurn(async () => {
        const { result, events, pids, left } = await draw(
          `once-${n}`,
          { WEIR_TEST_CRASH: `stage:${stage}:${how}` },
          { vramWeights: "5MB" },
        );
        const restarts = events.filter((event) => event.kind === "restarted");
        expect(restarts).toHaveLength(1);
        expect(restarts[0]).toMatchObject({
          reason: expect.stringMatching(how === "kill" ? /^SIGKILL/ : /^SIGABRT/),
          where: `${name} of flux2, in node 10 (SamplerCustomAdvanced)`,
        });
        expect(result.status).toBe("success");
        // One picture, and no other file: none half written, none temporary.
        expect(left.map(({ name }) => name)).toEqual(["weir-demo_00001_.png"]);
        expect(left[0]!.bytes.equals(picture)).toBe(true);
        expect(pids).toHaveLength(2);
        expect(pids.filter(alive)).toEqual([]);
      }),
  );
});

describe.concurrent(`seed ${PROOF_SEED}: two deaths`, { timeout: 600_000 }, () => {
  test.each(chosen.slice(0, 4).map((death, n) => ({ n, ...death })))(
    "$n: $how at stage $stage, $name: one error that names the stage, and nothing is left",
    ({ n, how, name, stage }) =>
      inTurn(async () => {
        const { result, pids, left } = await draw(`twice-${n}`, { WEIR_TEST_CRASH: `stage:${stage}:${how}:always` });
        expect(result).toMatchObject({
          status: "error",
          node: "10",
          error: {
            code: "engine-died",
            message: expect.stringContaining(
              `the engine died twice in ${name} of flux2, in node 10 (SamplerCustomAdvanced)`,
            ),
            detail: { stage: name, model: "flux2" },
          },
        });
        expect(left).toEqual([]);
        expect(pids).toHaveLength(2);
        expect(pids.filter(alive)).toEqual([]);
      }),
  );
});

describe.concurrent(`seed ${PROOF_SEED}: the command`, { timeout: 600_000 }, () => {
  /** Processes that run in the folder, which an engine inherits. Seen where there is a /proc; elsewhere nothing is claimed. */
  const processesIn = (cwd: string): string[] =>
    process.platform !== "linux"
      ? []
      : readdirSync("/proc").filter((pid) => {
          try {
            return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === cwd;
          } catch {
            return false; // gone meanwhile, or not ours to see
          }
        });
  const command = (name: string, crash: string) => {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    const argv = ["run", join(folder, "small.json"), "--base-directory", demo, "--device", "cpu", "-o", "x.png"];
    return runBuilt(argv, cwd, { WEIR_TEST_CRASH: crash }).then((ended) => ({ ...ended, cwd }));
  };

  test.each(chosen.slice(0, 2))("$how at stage $stage: stdout holds the result alone", ({ how, name, stage }) =>
    inTurn(async () => {
      const { code, out, err, cwd } = await command(`command-${how}-${stage}`, `stage:${stage}:${how}`);
      expect(err).toContain(`the engine died in ${name} of flux2, in node 10 (SamplerCustomAdvanced) (SIG`);
      expect({ code, out }).toEqual({ code: 0, out: "x.png\n" });
      expect(readdirSync(cwd)).toEqual(["x.png"]);
      expect(processesIn(cwd)).toEqual([]);
    }),
  );

  test.each(chosen.slice(2, 4))("$how at stage $stage, twice: stdout is empty", ({ how, name, stage }) =>
    inTurn(async () => {
      const { code, out, err, cwd } = await command(`twice-${how}-${stage}`, `stage:${stage}:${how}:always`);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err.match(/^weir: .*$/gm)).toEqual([
        expect.stringContaining(`weir: the engine died twice in ${name} of flux2, in node 10 (SamplerCustomAdvanced)`),
      ]);
      expect(err).not.toMatch(/^\s+at /m);
      expect(readdirSync(cwd)).toEqual([]);
      expect(processesIn(cwd)).toEqual([]);
    }),
  );
});
