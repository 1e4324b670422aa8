import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EngineOptions, Job, JobEvent } from "../../src/engine/messages.ts";
import { type Engine, startEngine } from "../../src/engine/supervisor.ts";

const entry = fileURLToPath(new URL("./fixtureEngine.mjs", import.meta.url));
const options: EngineOptions = {
  disableDynamicVram: false,
  forceFp32: false,
  baseDirectory: ".",
  disableMetadata: false,
  verbose: false,
};

let folder: string;
let engine: Engine | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-supervisor-"));
});
afterEach(async () => {
  await engine?.close();
  engine = undefined;
  rmSync(folder, { recursive: true });
});

async function start(more: Partial<EngineOptions> = {}, onOutput?: (text: string) => void): Promise<Engine> {
  const env = { ...process.env, WEIR_FIXTURE_COUNT: join(folder, "count") };
  engine = await startEngine({ ...options, ...more }, { entry, env, ...(onOutput ? { onOutput } : {}) });
  return engine;
}

const job = (what: string, times?: number, id = "job"): Job => ({
  id,
  prompt: { "1": { class_type: "Fixture", inputs: { do: what, times, seed: 2n ** 64n - 1n } } },
  extraPngInfo: {},
});

async function run(what: string, times?: number) {
  const events: JobEvent[] = [];
  const result = await engine!.run(job(what, times), (event) => events.push(event));
  return { result, events };
}

/** Whether a process is there. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
async function gone(pid: number): Promise<void> {
  while (alive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("one process", () => {
  test("runs jobs one after another, with enough threads", async () => {
    await start();
    expect(engine!.description).toBe("threads 16, reserve false");
    const first = await run("finish");
    const second = await run("finish");
    expect(first.result).toMatchObject({ status: "success", outputs: { pid: engine!.pid } });
    expect(second.result).toMatchObject({ outputs: { pid: engine!.pid } });
    expect(first.events).toEqual([{ kind: "execution_start" }]);
    expect(await engine!.stats()).toEqual({ pid: engine!.pid });
  });

  test("its output goes to who debugs, and nowhere else", async () => {
    let said = "";
    await start({}, (text) => (said += text));
    await run("chatter");
    await engine!.close();
    expect(said.split("\n").sort()).toEqual(["", "to stderr", "to stdout"]);
  });

  test("answers while a job runs", async () => {
    await start();
    const waiting = engine!.run(job("wait"), () => {});
    const asked = [
      engine!.validate({ prompt: job("finish").prompt }),
      engine!.validate({ prompt: job("finish").prompt }),
    ];
    expect(await Promise.all(asked)).toEqual([
      { ok: true, by: engine!.pid },
      { ok: true, by: engine!.pid },
    ]);
    expect(await engine!.declarations()).toEqual([{ name: "Fixture" }]);
    engine!.interrupt("job");
    expect((await waiting).status).toBe("interrupted");
  });

  test("is told to give memory back", async () => {
    let said = "";
    await start({}, (text) => (said += text));
    engine!.free({ unloadModels: true, freeMemory: false });
    await engine!.close();
    expect(said).toBe('free {"unloadModels":true,"freeMemory":false}\n');
  });

  test("a device that is not there is the engine's own error", async () => {
    await expect(start({ device: "nonsense" })).rejects.toMatchObject({
      code: "no-such-device",
      message: "no device nonsense; there is: cpu",
    });
  });

  test("a process that dies at its start is an error, not a loop", async () => {
    await expect(start({ device: "dies" })).rejects.toMatchObject({
      code: "engine-died",
      message: "the engine died while it started (SIGABRT: a check inside the compute library failed)",
    });
  });
});

describe("death", () => {
  test.each(["abort", "kill", "exit"])("by %s once: the job runs again in a new process", async (how) => {
    await start();
    const before = engine!.pid;
    const { result, events } = await run(how, 1);
    expect(result.status).toBe("success");
    expect(engine!.pid).not.toBe(before);
    expect(alive(before)).toBe(false);
    expect(events.map((event) => event.kind)).toEqual(["execution_start", "restarted", "execution_start"]);
    expect(events[1]).toMatchObject({
      where: "double_blocks.3 of dev.safetensors, in node 12 (SamplerCustomAdvanced)",
    });
  });

  test("while it is asked: the next process is asked, and both it and a waiting job start one process", async () => {
    await start();
    const before = engine!.pid;
    const asked = engine!.validate({ prompt: job("kill", 1).prompt });
    const other = engine!.validate({ prompt: job("finish").prompt });
    const [first, second] = (await Promise.all([asked, other])) as unknown as { by: number }[];
    expect(first!.by).toBe(engine!.pid);
    expect([before, engine!.pid]).toContain(second!.by);
    expect(readFileSync(join(folder, "count"), "utf8")).toBe("2");
  });

  test("twice while it is asked: an error", async () => {
    await start();
    await expect(engine!.validate({ prompt: job("kill", 9).prompt })).rejects.toMatchObject({ code: "engine-died" });
    expect((await run("finish")).result.status).toBe("success");
  });

  test("by abort twice: an error that names the stage and keeps what the library said", async () => {
    await start();
    const { result } = await run("abort", 2);
    expect(result).toMatchInlineSnapshot(`
      {
        "classType": "SamplerCustomAdvanced",
        "error": {
          "code": "engine-died",
          "detail": {
            "model": "dev.safetensors",
            "output": [
              "GGML_ASSERT(ne == 4) failed",
            ],
            "stage": "double_blocks.3",
          },
          "message": "the engine died twice in double_blocks.3 of dev.safetensors, in node 12 (SamplerCustomAdvanced) (SIGABRT: a check inside the compute library failed); try --device cpu, or WEIR_DEBUG=1 for what the library said",
        },
        "node": "12",
        "status": "error",
      }
    `);
    // The engine is of use again: the third process serves the next job.
    expect((await run("finish")).result.status).toBe("success");
  });

  test("by kill twice: the message thinks of memory, and the next process keeps a larger reserve", async () => {
    await start();
    const { result } = await run("kill", 2);
    expect(result).toMatchObject({
      error: {
        message: expect.stringContaining(
          "(SIGKILL: the system killed it: out of memory?); try a smaller --vram, or close what else uses memory",
        ),
      },
    });
    await run("finish");
    expect(engine!.description).toBe("threads 16, reserve true");
  });

  test("while idle: the next job starts a process", async () => {
    await start();
    const before = engine!.pid;
    process.kill(before, "SIGKILL");
    await gone(before);
    const { result, events } = await run("finish");
    expect(result.status).toBe("success");
    expect(engine!.pid).not.toBe(before);
    expect(events.filter((event) => event.kind === "restarted").length).toBeLessThanOrEqual(1);
  });
});

describe("interrupt", () => {
  test("stops the job that runs; the process stays", async () => {
    await start();
    const pid = engine!.pid;
    const result = await engine!.run(job("wait"), () => engine!.interrupt("job"));
    expect(result).toEqual({ status: "interrupted" });
    expect((await run("finish")).result).toMatchObject({ outputs: { pid } });
  });

  test("a job that waits never starts", async () => {
    await start();
    const first = engine!.run(job("wait", undefined, "a"), () => {});
    const events: JobEvent[] = [];
    const second = engine!.run(job("finish", undefined, "b"), (event) => events.push(event));
    engine!.interrupt("b");
    engine!.interrupt("a");
    expect(await first).toEqual({ status: "interrupted" });
    expect(await second).toEqual({ status: "interrupted" });
    expect(events).toEqual([]);
  });

  test("a job that is over or unknown stops nothing", async () => {
    await start();
    await run("finish");
    engine!.interrupt("job");
    engine!.interrupt("of yesterday");
    expect((await run("finish")).result.status).toBe("success");
  });

  test("kill ends the process and the job at once", async () => {
    await start();
    const pid = engine!.pid;
    expect(await engine!.run(job("wait"), () => engine!.kill())).toEqual({ status: "interrupted" });
    await gone(pid);
  });
});

test("no engine outlives its parent, however that ends", async () => {
  const pidFile = join(folder, "pid");
  const parent = spawn(
    process.execPath,
    [
      "-e",
      `const { fork } = require("node:child_process");
       const child = fork(process.argv[1], [], { serialization: "advanced", stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"] });
       require("node:fs").writeFileSync(process.argv[2], String(child.pid));
       child.on("message", () => process.kill(process.pid, "SIGKILL"));
       child.send({ type: "start", options: {} });`,
      entry,
      pidFile,
    ],
    { stdio: "ignore" },
  );
  await new Promise((resolve) => parent.on("exit", resolve));
  await gone(Number(readFileSync(pidFile, "utf8")));
});
