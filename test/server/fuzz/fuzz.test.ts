import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeCatalogue } from "../../../src/cli/serve/nodeCatalogue.ts";
import { createFolders } from "../../../src/nodes/folders.ts";
import { allNodes } from "../../../src/nodes/index.ts";
import { createApp } from "../../../src/server/app.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";
import type { ServerParts } from "../../../src/server/serverParts.ts";
import { fakeParts } from "../../../src/server/testing/fakeParts.ts";
import { createUsers } from "../../../src/server/users/users.ts";
import { picture, plant, stamp } from "./folder.ts";
import { Random } from "./random.ts";
import { makeRequest, type Sent } from "./requests.ts";

/** WEIR_FUZZ_SEED and WEIR_FUZZ_COUNT run others; a failure names its seed. */
const SEED = Number(process.env["WEIR_FUZZ_SEED"] ?? 20261124);
const COUNT = Number(process.env["WEIR_FUZZ_COUNT"] ?? 10_000);
/** No answer within this is a hang. */
const PATIENCE_MS = 20_000;
/** Files that requests made: more would only make looking slow. */
const MANY = 25;

let root: string;
let data: string;
let parts: ServerParts;
let server: Listening;
const mistakes: unknown[] = [];
const escaped: unknown[] = [];
const seeEscaped = (error: unknown) => void escaped.push(error);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  process.on("unhandledRejection", seeEscaped);
  process.on("uncaughtException", seeEscaped);
  root = mkdtempSync(join(tmpdir(), "weir-fuzz-"));
  data = plant(root);
  const own = createFolders({ baseDirectory: data });
  const fake = fakeParts();
  const user = join(data, "user");
  const at = (name: string) => join(data, name);
  parts = {
    ...fake,
    users: createUsers(user, false),
    folders: {
      input: at("input"),
      output: at("output"),
      temp: at("temp"),
      user,
      models: {
        names: ["loras"],
        roots: (name) => (name === "loras" ? own.roots(name) : null),
        resolve: (name, file) => own.resolve(name, file),
      },
    },
    nodes: nodeCatalogue(allNodes, own),
  };
  server = await listen(
    createApp(parts, (error) => mistakes.push(error)),
    parts,
    { host: "127.0.0.1", port: 0 },
  );
});

afterAll(async () => {
  process.off("unhandledRejection", seeEscaped);
  process.off("uncaughtException", seeEscaped);
  agent.destroy();
  await server?.close();
  rmSync(root, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function send({ method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...(body === null ? {} : { "content-length": String(body.length) }) };
    const sent = request(
      {
        host: "127.0.0.1",
        port: server.port,
        method,
        path: path.startsWith("/") ? path : `/${path}`,
        headers: all,
        agent,
      },
      (answer) => {
        const got: Buffer[] = [];
        answer.on("data", (part: Buffer) => got.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const type = String(answer.headers["content-type"] ?? "");
          resolve({ status: answer.statusCode!, type, body: Buffer.concat(got).toString() });
        });
      },
    );
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error("no answer: it hangs")));
    sent.on("error", reject);
    sent.end(body ?? undefined);
  });
}

const describe = (at: number, { method, path, headers, body }: Sent): string =>
  `seed ${SEED}, request ${at}: ${method} ${path} ${JSON.stringify(headers)} ${body?.toString().slice(0, 500) ?? ""}`;

/** Jobs and files as they are. */
const state = (): string => `${parts.queue.remaining}\n${stamp(data)}`;

test(`${COUNT} requests made of the schemas (seed ${SEED}): no crash, no hang, refusals are JSON and change nothing, nothing is written outside`, async () => {
  console.error(`fuzz: seed ${SEED}, ${COUNT} requests`);
  const inside = ["input", "output", "temp", "user"].map((name) => join(data, name));
  const outside = () => picture(root, (path) => inside.includes(path));
  const before = outside();
  const random = new Random(SEED);
  const counts: Record<number, number> = {};
  let was = state();
  for (let at = 0; at < COUNT; at++) {
    if (at % 50 === 0) {
      tidy();
      was = state();
    }
    const sent = makeRequest(random);
    let answer: Answer;
    try {
      answer = await send(sent);
    } catch (error) {
      // A client that was cut off while it still sent (413) sees no answer; whether the server lives is seen by the next request.
      if ((error as NodeJS.ErrnoException).code === "ECONNRESET" || (error as NodeJS.ErrnoException).code === "EPIPE")
        continue;
      throw new Error(describe(at, sent), { cause: error });
    }
    counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    if (answer.status >= 500) throw new Error(`${answer.status} for ${describe(at, sent)}`, { cause: mistakes[0] });
    if (answer.status >= 400) {
      if (sent.method !== "HEAD") {
        expect(answer.type, describe(at, sent)).toMatch(/^application\/json/);
        const told = JSON.parse(answer.body) as Record<string, unknown>;
        expect("error" in told || "invalid_ids" in told, `${answer.body} for ${describe(at, sent)}`).toBe(true);
      }
      expect(state(), describe(at, sent)).toBe(was);
    } else if (sent.method !== "GET") was = state();
    expect(escaped, describe(at, sent)).toEqual([]);
  }
  expect(outside()).toEqual(before);
  console.error(`fuzz: ${JSON.stringify(counts)}`);
  // Requests that are all refused, or all taken, would try nothing.
  expect(counts[200]).toBeGreaterThan(COUNT / 10);
  expect(counts[400]).toBeGreaterThan(COUNT / 10);
}, 300_000);

/** Forgets what requests have made; the links that lead out stay. */
function tidy(): void {
  parts.queue.remove();
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
  expect((await send({ method: "GET", path: "/prompt", headers: {}, body: null })).status).toBe(200);
  expect([escaped, mistakes]).toEqual([[], []]);
});
