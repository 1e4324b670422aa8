import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root as repository } from "../../cli/built.ts";
import { plant } from "./folder.ts";
import { SEED } from "./seed.ts";
import { sendMany } from "./send.ts";
import { Watch } from "./watch.ts";

/** WEIR_FUZZ_COUNT too: a tenth of it, since prompts run here. */
const COUNT = Math.ceil(Number(process.env["WEIR_FUZZ_COUNT"] ?? 10_000) / 10);

test(`the built server with its engine takes ${COUNT} requests (seed ${SEED}), runs what is a prompt, and works on`, async () => {
  const root = mkdtempSync(join(tmpdir(), "weir-fuzz-engine-"));
  const data = plant(root);
  const watch = new Watch(root, data);
  const argv = ["serve", "--device", "cpu", "--port", "0", "--base-directory", data];
  const child = spawn(process.execPath, [join(repository, "dist/cli/main.js"), ...argv], {
    cwd: data,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  let ended = false;
  child.on("exit", () => {
    ended = true;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (log += text));
  const until = async <T>(what: () => T | Promise<T>): Promise<NonNullable<T>> => {
    for (;;) {
      const found = await what();
      if (found) return found;
      if (ended) throw new Error(`it ended: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  try {
    const url = await until(() => /^weir .*: (http:\S+)$/m.exec(log)?.[1]);
    const get = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T;
    const counts = await sendMany({
      port: Number(new URL(url).port),
      seed: SEED,
      count: COUNT,
      after({ method }, { status, type, body }, said) {
        if (status >= 500) throw new Error(`${status} for ${said}\n${log}`);
        if (status >= 400 && method !== "HEAD") expect(type, said).toMatch(/^application\/json/);
        expect(watch.told(body), said).toBeNull();
        return true;
      },
    });
    expect(counts[200]).toBeGreaterThan(COUNT / 10);
    await until(
      async () => (await get<{ exec_info: { queue_remaining: number } }>("/prompt")).exec_info.queue_remaining === 0,
    );
    const prompt = {
      "1": { class_type: "EmptyImage", inputs: { width: 8, height: 8, batch_size: 1, color: 255 } },
      "2": { class_type: "SaveImage", inputs: { images: ["1", 0], filename_prefix: "after" } },
    };
    const answer = await fetch(`${url}/prompt`, { method: "POST", body: JSON.stringify({ prompt }) });
    const { prompt_id } = (await answer.json()) as { prompt_id: string };
    const entry = await until(
      async () =>
        (await get<Record<string, { status: object; outputs: object }>>(`/history/${prompt_id}`))[prompt_id] ?? null,
    );
    expect(entry).toMatchObject({ status: { status_str: "success" } });
    expect(watch.changed()).toEqual([]);
    expect(log).not.toMatch(/mistake of Weir's own|the engine died/);
    console.error(
      `fuzz with an engine: ${JSON.stringify(counts)}, ${log.match(/: done in /g)?.length ?? 0} prompts ran`,
    );
  } finally {
    child.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  }
}, 300_000);
