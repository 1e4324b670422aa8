import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import WebSocket from "ws";
import { nodeCatalogue } from "../../src/cli/serve/nodeCatalogue.ts";
import { createFolders } from "../../src/nodes/folders.ts";
import { allNodes } from "../../src/nodes/index.ts";
import { createApp } from "../../src/server/app.ts";
import { listen } from "../../src/server/listen.ts";
import { JobQueue } from "../../src/server/queue/jobQueue.ts";
import { openJobStore } from "../../src/server/queue/openJobStore.ts";
import { fakeParts } from "../../src/server/testing/fakeParts.ts";
import type { Bench, BenchContext, Figure } from "../bench.ts";
import { atMost, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";

const CLI = path.join(import.meta.dirname, "..", "..", "dist", "cli", "main.js");
const QUEUED = 1000;
const HISTORY = 10_000;
const SOCKETS = 200;
const MESSAGES = 2000;

/** A node that computes nothing to speak of, and its output: what a prompt costs beside its pictures. */
const body = (text: string) =>
  JSON.stringify({ prompt: { "1": { class_type: "PreviewAny", inputs: { source: text } } }, client_id: "bench" });

/** `weir serve` as its clients meet it. */
export const serving: Bench = async (context) => [
  ...(await starting(context)),
  ...(await answering(context)),
  ...(await telling()),
];

/** The real command: until its first prompt is accepted, and prompts one after the other through the real engine. */
async function starting({ folder, full, device, say }: BenchContext): Promise<Figure[]> {
  if (!existsSync(CLI)) throw new Error("dist/ is not there; run `npm run build` first");
  const accepted: number[] = [];
  const rates: number[] = [];
  const rounds = full ? 15 : 7;
  for (let round = 0; round < rounds; round++) {
    say(`start ${round + 1} of ${rounds}`);
    const base = path.join(folder, `base${round}`);
    const start = performance.now();
    const argv = [CLI, "serve", "--port", "0", "--device", device, "--base-directory", base];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let text = "";
        child.stderr.on("data", (part: Buffer) => {
          text += part;
          const found = /: (http:\S+)/.exec(text)?.[1];
          if (found !== undefined) resolve(found);
        });
        child.on("close", () => reject(new Error(text)));
      });
      await post(url, "first");
      accepted.push(performance.now() - start);
      await idle(url);
      const count = 200;
      const from = performance.now();
      for (let n = 0; n < count; n++) await post(url, `${round} ${n}`);
      await idle(url);
      rates.push(count / ((performance.now() - from) / 1000));
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
  }
  const ms = interval(accepted);
  return [
    {
      what: "server: start to first accepted prompt",
      value: showInterval(ms, " ms"),
      goal: "<= 1000 ms",
      verdict: atMost(ms.median, 1000),
      wall: true,
      note: `fastest ${Math.min(...accepted).toFixed(0)} ms`,
    },
    {
      what: "server: prompts of one node, sent one after the other, until all are in the history",
      value: showInterval(interval(rates), " prompts/s"),
      note: "200 a round, each queued on disk, run by the engine, in the history",
    },
  ];
}

async function post(url: string, text: string): Promise<void> {
  const answer = await fetch(`${url}/prompt`, { method: "POST", body: body(text) });
  if (answer.status !== 200) throw new Error(await answer.text());
  await answer.arrayBuffer();
}

async function idle(url: string): Promise<void> {
  for (;;) {
    const { exec_info } = (await (await fetch(`${url}/prompt`)).json()) as { exec_info: { queue_remaining: number } };
    if (exec_info.queue_remaining === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The server without an engine, over a queue on disk: what a request costs when much waits and much is over. */
async function answering({ folder, say }: BenchContext): Promise<Figure[]> {
  const store = openJobStore(path.join(folder, "queue.db"));
  const parts = fakeParts();
  const queue = new JobQueue(store, () => parts.hub.sendStatus());
  const nodes = nodeCatalogue(allNodes, createFolders({ baseDirectory: folder }));
  const all = { ...parts, queue, nodes };
  const server = await listen(createApp(all), all, { host: "127.0.0.1", port: 0 });
  try {
    const times = async (count: number, ask: (n: number) => Promise<void>): Promise<number[]> => {
      const found: number[] = [];
      for (let n = 0; n < count; n++) {
        const start = performance.now();
        await ask(n);
        found.push(performance.now() - start);
      }
      return found;
    };
    const empty = interval((await times(220, (n) => post(server.url, `empty ${n}`))).slice(20));
    queue.remove();
    for (let n = 0; n < QUEUED; n++) await post(server.url, `waits ${n}`);
    const full = interval(await times(200, (n) => post(server.url, `more ${n}`)));
    queue.remove();
    say(`${HISTORY} jobs into the history`);
    const job = {
      place: "back" as const,
      createTime: 1,
      prompt: body("x"),
      extraData: "{}",
      outputs: '["1"]',
      workflowId: null,
    };
    const end = {
      ...{ state: "completed" as const, startTime: 1, endTime: 2, shown: '{"1":{"text":["x"]}}', meta: "{}" },
      status: '{"status_str":"success","completed":true,"messages":[]}',
      ...{ outputsCount: 1, previewableCount: 0, previewOutput: null, error: null },
    };
    for (let n = 0; n < HISTORY; n++) {
      queue.add({ ...job, id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` });
      queue.take(() => {});
      queue.finish(end);
      // Connections that are kept are to be seen alive meanwhile.
      if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    const read = async (address: string) => void (await (await fetch(server.url + address)).arrayBuffer());
    const page = interval(await times(100, () => read("/history?max_items=100")));
    const whole = interval(await times(20, () => read("/history")));
    const jobs = interval(await times(100, () => read("/api/jobs?limit=100")));
    return [
      {
        what: `server: POST /prompt with ${QUEUED} queued`,
        value: showInterval(full, " ms"),
        note: `with none queued ${showInterval(empty, " ms")}`,
      },
      {
        what: `server: GET /history?max_items=100 of ${HISTORY}`,
        value: showInterval(page, " ms"),
        note: `all of it ${showInterval(whole, " ms")}; /api/jobs?limit=100 ${showInterval(jobs, " ms")}`,
      },
    ];
  } finally {
    await server.close();
    store.close();
  }
}

/** Many sockets on one run: each message to each, in order, and nothing kept. Server and clients share this process, so its heap is both of theirs. */
async function telling(): Promise<Figure[]> {
  const parts = fakeParts();
  const server = await listen(createApp(parts), parts, { host: "127.0.0.1", port: 0 });
  try {
    let wrong = 0;
    let received = 0;
    let told = () => {};
    const next = new Array<number>(SOCKETS).fill(0);
    await Promise.all(
      next.map(
        (_, at) =>
          new Promise<void>((resolve) => {
            const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws?clientId=${at}`);
            socket.on("message", (data) => {
              const { type, data: said } = JSON.parse(String(data)) as { type: string; data: { value: number } };
              if (type !== "progress") return resolve();
              if (said.value !== next[at]) wrong += 1;
              next[at] = said.value + 1;
              received += 1;
              if (received % (SOCKETS * MESSAGES) === 0) told();
            });
          }),
      ),
    );
    const heaps: number[] = [];
    const seconds: number[] = [];
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      next.fill(0);
      await new Promise<void>((resolve) => {
        told = resolve;
        let n = 0;
        const some = () => {
          for (let k = 0; k < 20 && n < MESSAGES; k++, n++) {
            parts.hub.send("progress", { value: n, max: MESSAGES, prompt_id: "p", node: "1" });
          }
          if (n < MESSAGES) setImmediate(some);
        };
        some();
      });
      seconds.push((performance.now() - start) / 1000);
      globalThis.gc?.();
      heaps.push(process.memoryUsage().heapUsed);
    }
    const grown = (heaps.at(-1)! - heaps[1]!) / 1024;
    const rate = interval(seconds.map((each) => (SOCKETS * MESSAGES) / each / 1000));
    return [
      {
        what: `server: ${SOCKETS} sockets, ${MESSAGES} messages each, lost or out of order`,
        value: `${SOCKETS * MESSAGES * 5 - received} lost, ${wrong} out of order`,
        goal: "0, 0",
        verdict: received === SOCKETS * MESSAGES * 5 && wrong === 0 ? "met" : "missed",
        note: `5 rounds; ${showInterval(rate, "k messages/s")}; heap from the second round to the last ${grown.toFixed(0)} KiB`,
      },
    ];
  } finally {
    parts.hub.closeAll();
    await server.close();
  }
}
