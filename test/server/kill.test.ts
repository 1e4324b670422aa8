import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../cli/built.ts";

/** The built server, killed with SIGKILL and started again on the same folder: nothing of it is played. */
const base = mkdtempSync(join(tmpdir(), "weir-kill-"));
const output = join(base, "output");
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(base, { recursive: true, force: true });
});

interface Server {
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

async function start(): Promise<Server> {
  const argv = ["serve", "--device", "cpu", "--port", "0", "--base-directory", base];
  const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), ...argv], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let err = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      const found = /^weir .*: (http:\S+)$/m.exec(err)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", () => reject(new Error(`it ended: ${err}`)));
  });
  const gone = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return {
    url,
    kill: () => {
      child.kill("SIGKILL");
      return gone;
    },
  };
}

const get = async <T>(server: Server, path: string): Promise<T> => (await (await fetch(server.url + path)).json()) as T;

/** Pictures one after the other, each behind a resize that takes a while; every picture is an output of its own. */
function prompt(pictures: number, color: number) {
  const nodes: Record<string, unknown> = {};
  for (let n = 0; n < pictures; n++) {
    nodes[`${n}a`] = { class_type: "EmptyImage", inputs: { width: 500 + n, height: 400, batch_size: 1, color } };
    const inputs = { image: [`${n}a`, 0], upscale_method: "lanczos", width: 64, height: 64, crop: "disabled" };
    nodes[`${n}b`] = { class_type: "ImageScale", inputs };
    nodes[`${n}c`] = { class_type: "SaveImage", inputs: { images: [`${n}b`, 0], filename_prefix: `c${color}_n${n}` } };
  }
  return nodes;
}

async function post(server: Server, pictures: number, color: number): Promise<string> {
  const body = JSON.stringify({ prompt: prompt(pictures, color) });
  const answer = await fetch(`${server.url}/prompt`, { method: "POST", body });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { prompt_id: string }).prompt_id;
}

const pictures = (): string[] => {
  try {
    return readdirSync(output).filter((name) => name.endsWith(".png"));
  } catch {
    return [];
  }
};

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 1200; n++) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it did not come to that");
}

interface Entry {
  readonly status: { readonly status_str: string };
  readonly outputs: Readonly<Record<string, { readonly images: readonly { readonly filename: string }[] }>>;
}

const COUNT = 6;

test("killed at several moments, it loses no accepted prompt and no picture, and saves none twice", async () => {
  const ids: string[] = [];
  let color = 0;
  /** What each picture was when it was first seen: size and time tell whether it was written again. */
  const kept = new Map<string, string>();
  const look = () => {
    for (const name of pictures())
      if (!kept.has(name)) kept.set(name, readFileSync(join(output, name)).toString("base64"));
  };

  // Right after the answer, before and while the engine starts.
  let server = await start();
  ids.push(await post(server, COUNT, ++color));
  await server.kill();

  // In the middle of the first, and with others waiting: at each restart it begins again.
  for (const moment of [1, 2, 4]) {
    server = await start();
    ids.push(await post(server, COUNT, ++color));
    const before = pictures().length;
    await until(() => pictures().length >= before + moment);
    await server.kill();
    look();
  }

  // In the moment in which one ends: the history is asked for without a pause.
  server = await start();
  const ended = Object.keys(await get<object>(server, "/history")).length;
  await until(async () => Object.keys(await get<object>(server, "/history")).length > ended);
  await server.kill();
  look();

  server = await start();
  await until(
    async () =>
      (await get<{ exec_info: { queue_remaining: number } }>(server, "/prompt")).exec_info.queue_remaining === 0,
  );
  const history = await get<Record<string, Entry>>(server, "/history");
  expect(Object.keys(history).sort()).toEqual([...ids].sort());
  for (const entry of Object.values(history)) {
    expect(entry.status.status_str).toBe("success");
    const files = Object.values(entry.outputs).flatMap(({ images }) => images.map(({ filename }) => filename));
    expect(files).toHaveLength(COUNT);
    for (const file of files) expect(pictures()).toContain(file);
  }
  // Every picture once: a second one of a name would have the number 2.
  const all = pictures().sort();
  expect(all).toHaveLength(ids.length * COUNT);
  expect(all.filter((name) => !name.endsWith("_00001_.png"))).toEqual([]);
  for (const [name, bytes] of kept) expect(readFileSync(join(output, name)).toString("base64")).toBe(bytes);
  await server.kill();
}, 240_000);
