import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runPull } from "./runPull.ts";
import { selfSigned } from "./selfSigned.ts";
import { type StandInFile, StandInHub } from "./standInHub.ts";

const FILE: StandInFile = { path: "vae/x.safetensors", content: randomBytes(500_000) };
/** base64 of "me:p@ss". */
const CREDENTIALS = "Basic bWU6cEBzcw==";

let cwd: string;
let proxy: Server;
let hub: StandInHub;
/** What the proxy was asked for, and with which headers. */
let asked: { readonly line: string; readonly authorization: string | undefined }[];
let refuse = false;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "weir-pull-"));
  asked = [];
  refuse = false;
  const sockets = new Set<Socket>();
  proxy = createServer((req, res) => {
    asked.push({ line: `GET ${req.url}`, authorization: req.headers["proxy-authorization"] });
    const { "proxy-authorization": _, ...headers } = req.headers;
    req.pipe(
      request(req.url!, { headers }, (reply) => {
        res.writeHead(reply.statusCode!, reply.headers);
        reply.pipe(res);
      }),
    );
  });
  proxy.on("connect", (req, socket: Socket) => {
    asked.push({ line: `CONNECT ${req.url}`, authorization: req.headers["proxy-authorization"] });
    if (refuse) return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const [host, port] = req.url!.split(":");
    const through = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(through).pipe(socket);
    });
    for (const end of [socket, through]) {
      sockets.add(end);
      end.on("error", () => {});
    }
  });
  proxy.on("close", () => {
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await hub.stop();
  rmSync(cwd, { recursive: true });
});
const address = (credentials = "") => `http://${credentials}127.0.0.1:${(proxy.address() as AddressInfo).port}`;
const saved = () => readFileSync(join(cwd, "models/vae/x.safetensors")).equals(FILE.content);

test("http goes through HTTP_PROXY, address by address, with its name and password and without the token on redirects", async () => {
  hub = await StandInHub.start();
  hub.repos.set("a/b", [FILE]);
  const env = { HF_ENDPOINT: hub.endpoint, HTTP_PROXY: address("me:p%40ss@"), HF_TOKEN: "hf_secret" };
  expect((await runPull(["a/b"], { cwd, env })).code).toBe(0);
  expect(saved()).toBe(true);
  expect(asked).toHaveLength(4);
  expect(
    asked.every(({ line, authorization }) => line.startsWith("GET http://") && authorization === CREDENTIALS),
  ).toBe(true);
  expect(hub.at("cdn")[0]!.headers.authorization).toBeUndefined();
  expect(hub.seen.every(({ headers }) => headers["proxy-authorization"] === undefined)).toBe(true);
});

test("https goes through a tunnel of HTTPS_PROXY, and a cut one is made anew", async () => {
  const identity = selfSigned();
  hub = await StandInHub.start(identity);
  hub.repos.set("a/b", [FILE]);
  hub.faults.push({ cutAfter: 200_000 });
  const env = { HF_ENDPOINT: hub.endpoint, HTTPS_PROXY: address("me:p%40ss@"), HF_TOKEN: "hf_secret" };
  const { code } = await runPull(["a/b"], { cwd, env, world: { ca: identity.cert } });
  expect(code).toBe(0);
  expect(saved()).toBe(true);
  expect(new Set(asked.map(({ line }) => line))).toEqual(
    new Set([hub.endpoint, hub.cdn].map((url) => `CONNECT ${url.slice("https://".length)}`)),
  );
  expect(asked.every(({ authorization }) => authorization === CREDENTIALS)).toBe(true);
  expect(hub.at("cdn").every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

test("a proxy that refuses is named, without its password", async () => {
  const identity = selfSigned();
  hub = await StandInHub.start(identity);
  refuse = true;
  const env = { HF_ENDPOINT: hub.endpoint, HTTPS_PROXY: address("me:p%40ss@") };
  const { code, err, waits } = await runPull(["a/b"], { cwd, env, world: { ca: identity.cert } });
  expect(code).toBe(1);
  expect(err).toContain(`the proxy ${address().slice("http://".length)} answers 407`);
  expect(waits).toEqual([]);
  expect(err).not.toMatch(/p@ss|p%40ss/);
});

test("NO_PROXY goes around it; https without one too", async () => {
  const identity = selfSigned();
  hub = await StandInHub.start(identity);
  hub.repos.set("a/b", [FILE]);
  const env = { HF_ENDPOINT: hub.endpoint, HTTPS_PROXY: address(), NO_PROXY: "127.0.0.1" };
  expect((await runPull(["a/b"], { cwd, env, world: { ca: identity.cert } })).code).toBe(0);
  expect(asked).toEqual([]);
});

test("a certificate that nobody vouches for is no Hub", async () => {
  hub = await StandInHub.start(selfSigned());
  for (const env of [{}, { HTTPS_PROXY: address() }]) {
    const { code, err, waits } = await runPull(["a/b"], {
      cwd,
      env: { HF_ENDPOINT: hub.endpoint, HF_TOKEN: "hf_secret", ...env },
    });
    expect(code).toBe(1);
    expect(err).toContain("shows a certificate that is not trusted: self-signed certificate; behind a company's proxy");
    expect(waits).toEqual([]);
  }
  expect(hub.seen).toEqual([]);
});

test("from https no redirect leads to http", async () => {
  const identity = selfSigned();
  hub = await StandInHub.start(identity);
  hub.repos.set("a/b", [FILE]);
  hub.redirect = () => "http://127.0.0.1:1/x";
  const { code, err } = await runPull(["a/b"], {
    cwd,
    env: { HF_ENDPOINT: hub.endpoint },
    world: { ca: identity.cert },
  });
  expect(code).toBe(1);
  expect(err).toContain("redirects from https:// to http://, which is not followed");
});
