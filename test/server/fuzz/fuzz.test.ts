import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plant, stamp } from "./folder.ts";
import { type Ours, startOurs } from "./ours.ts";
import { Random } from "./random.ts";
import { SEED } from "./seed.ts";
import { PATIENCE_MS, send, sendMany } from "./send.ts";
import { Watch } from "./watch.ts";

const COUNT = Number(process.env["WEIR_FUZZ_COUNT"] ?? 10_000);
/** Files that requests made: more would only make looking slow. */
const MANY = 25;
/** So often it is looked at what lies around. */
const LOOK = 500;

let root: string;
let data: string;
let server: Ours;
const escaped: unknown[] = [];
const seeEscaped = (error: unknown) => void escaped.push(error);

beforeAll(async () => {
  process.on("unhandledRejection", seeEscaped);
  process.on("uncaughtException", seeEscaped);
  root = mkdtempSync(join(tmpdir(), "weir-fuzz-"));
  data = plant(root);
  server = await startOurs(data);
});

afterAll(async () => {
  process.off("unhandledRejection", seeEscaped);
  process.off("uncaughtException", seeEscaped);
  await server?.close();
  rmSync(root, { recursive: true, force: true });
});

/** Jobs and files as they are. */
const state = (): string => `${server.parts.queue.remaining}\n${stamp(data)}`;

test(`${COUNT} requests made of the schemas (seed ${SEED}): no crash, no hang, refusals are JSON and change nothing, nothing outside is written or told`, async () => {
  console.error(`fuzz: seed ${SEED}, ${COUNT} requests`);
  const watch = new Watch(root, data);
  let was = state();
  let number = 0;
  const counts = await sendMany({
    port: server.port,
    seed: SEED,
    count: COUNT,
    before(at) {
      if (at % 50 !== 0) return;
      tidy();
      was = state();
    },
    after({ method }, { status, type, body }, said) {
      if (status >= 500) throw new Error(`${status} for ${said}`, { cause: server.mistakes[0] });
      if (status >= 400) {
        if (method !== "HEAD") {
          expect(type, said).toMatch(/^application\/json/);
          const told = JSON.parse(body) as Record<string, unknown>;
          expect("error" in told || "invalid_ids" in told, `${body} for ${said}`).toBe(true);
        }
        expect(state(), said).toBe(was);
      } else if (method !== "GET") was = state();
      expect(escaped, said).toEqual([]);
      expect(watch.told(body), said).toBeNull();
      if (++number % LOOK === 0) expect(watch.changed(), `before ${said}`).toEqual([]);
      return true;
    },
  });
  expect(watch.changed()).toEqual([]);
  console.error(`fuzz: ${JSON.stringify(counts)}`);
  // Requests that are all refused, or all taken, would try nothing.
  expect(counts[200]).toBeGreaterThan(COUNT / 10);
  expect(counts[400]).toBeGreaterThan(COUNT / 10);
}, 300_000);

/** Forgets what requests have made; the links that lead out stay. */
function tidy(): void {
  server.parts.queue.remove();
  for (const folder of ["input", "output", "temp", "user/default"]) {
    const names = readdirSync(join(data, folder));
    if (names.length < MANY) continue;
    for (const name of names)
      if (!/^(link|out\.png|sub|a\.json)$/.test(name)) rmSync(join(data, folder, name), { recursive: true });
  }
}

test("bytes that are no HTTP are refused as JSON, and the server lives", async () => {
  const random = new Random(SEED + 1);
  const starts = [
    "GET / HTTP/9.9\r\n\r\n",
    "POST /prompt HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "\0\0\0",
    "GET /\u0001 HTTP/1.1\r\n\r\n",
  ];
  for (let n = 0; n < 300; n++) {
    const noise = Buffer.from(Array.from({ length: random.int(200) }, () => random.int(256)));
    const bytes = Buffer.concat([Buffer.from(random.pick(starts)), noise]);
    const answer = await new Promise<string>((resolve, reject) => {
      const got: Buffer[] = [];
      const socket = connect(server.port, "127.0.0.1", () => socket.end(bytes));
      socket.setTimeout(PATIENCE_MS, () =>
        reject(new Error(`seed ${SEED + 1}, ${n}: it hangs on ${bytes.toString("hex")}`)),
      );
      socket.on("data", (part) => got.push(part));
      socket.on("error", () => {});
      socket.on("close", () => resolve(Buffer.concat(got).toString()));
    });
    if (answer === "") continue;
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(JSON.parse(body)).toHaveProperty("error");
  }
  const agent = new Agent();
  const alive = await send(server.port, agent, { method: "GET", path: "/prompt", headers: {}, body: null });
  agent.destroy();
  expect(alive.status).toBe(200);
  expect([escaped, server.mistakes]).toEqual([[], []]);
});
