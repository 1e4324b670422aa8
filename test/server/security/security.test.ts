import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import WebSocket from "ws";
import { attacks } from "./attacks.ts";
import { startNaive, type Target } from "./naive.ts";
import { startOurs } from "./ours.ts";
import { keepsWaiting, raw } from "./raw.ts";

/** Each known hole is tried on two servers: on plain handlers it works, so that the test can fail; on ours it does not. */
describe.each(attacks)("$name ($known)", ({ succeeds }) => {
  const tried = async (target: Target) => {
    try {
      return await succeeds(target);
    } finally {
      await target.close();
      rmSync(target.base, { recursive: true, force: true });
    }
  };
  test("succeeds on plain handlers", async () => {
    expect(await tried(await startNaive(mkdtempSync(join(tmpdir(), "weir-naive-"))))).toBe(true);
  });
  test("does no harm here", async () => {
    expect(await tried(await startOurs())).toBe(false);
  });
});

describe("with a token, as where others can connect", () => {
  const guarded = () => startOurs({ security: { hosts: new Set(), cors: null, token: "a token" } });

  test("nothing is told without it, not even which routes there are; sockets are asked too", async () => {
    const target = await guarded();
    for (const path of [
      "/",
      "/prompt",
      "/api/prompt",
      "/object_info",
      "/view?filename=x",
      "/internal/logs",
      "/nothing",
    ]) {
      const { status, body } = await raw(target.port, path);
      expect([path, status, JSON.parse(body.toString())]).toMatchObject([path, 401, { field: "Authorization" }]);
    }
    const opens = (path: string, headers = {}) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${target.port}${path}`, { headers });
        socket.on("open", () => resolve("open"));
        socket.on("error", (error) => resolve(error.message));
        socket.on("open", () => socket.terminate());
      });
    expect(await opens("/ws")).toContain("401");
    expect(await opens("/ws?token=wrong")).toContain("401");
    expect(await opens("/ws?token=a%20token")).toBe("open");
    expect(await opens("/api/ws", { authorization: "Bearer a token" })).toBe("open");
    expect(await opens("/ws", { cookie: "weir_token=a%20token" })).toBe("open");
    await target.close();
  });

  test("the token of the address bar becomes a cookie that no script and no other site has, and is told to nobody", async () => {
    const target = await guarded();
    const { status, headers } = await raw(target.port, "/?token=a%20token");
    expect(status).toBe(200);
    expect(headers["set-cookie"]).toEqual(["weir_token=a%20token; Path=/; HttpOnly; SameSite=Strict"]);
    expect(headers["referrer-policy"]).toBe("no-referrer");
    await target.close();
  });

  test("the token does not let another site in", async () => {
    const target = await guarded();
    const headers = { cookie: "weir_token=a%20token", origin: "http://evil.example" };
    expect((await raw(target.port, "/prompt", { headers })).status).toBe(403);
    await target.close();
  });
});

test("a file that a page could hide in is told as bytes, however it came into the folder", async () => {
  const target = await startOurs();
  mkdirSync(join(target.base, "output"), { recursive: true });
  writeFileSync(join(target.base, "output", "x.png"), "<script>1</script>");
  const { headers } = await raw(target.port, "/view?filename=x.png");
  expect(headers["content-type"]).toBe("application/octet-stream");
  expect(headers["content-disposition"]).toMatch(/^attachment/);
  await target.close();
});

test("a name cannot add a header", async () => {
  const target = await startOurs();
  mkdirSync(join(target.base, "output"), { recursive: true });
  const name = 'a"\r\nset-cookie: x=1\r\n.png';
  writeFileSync(join(target.base, "output", name), "x");
  const { status, headers } = await raw(target.port, `/view?filename=${encodeURIComponent(name)}`);
  expect([status, headers["set-cookie"]]).toEqual([200, undefined]);
  await target.close();
});

test.skipIf(process.platform === "win32")("a pipe in a folder holds no request", async () => {
  const target = await startOurs();
  mkdirSync(join(target.base, "output"), { recursive: true });
  execFileSync("mkfifo", [join(target.base, "output", "p.png")]);
  expect((await raw(target.port, "/view?filename=p.png")).status).toBe(404);
  expect((await raw(target.port, "/view?filename=p.png&preview=webp")).status).toBe(404);
  await target.close();
});

test("a picture of more pixels than are taken is refused by its head", async () => {
  const target = await startOurs();
  const head = Buffer.from("89504e470d0a1a0a0000000d49484452000186a0000186a00806000000", "hex");
  mkdirSync(join(target.base, "output"), { recursive: true });
  writeFileSync(join(target.base, "output", "b.png"), Buffer.concat([head, Buffer.alloc(100)]));
  const { status, body } = await raw(target.port, "/view?filename=b.png&preview=webp");
  expect([status, body.toString()]).toEqual([400, expect.stringContaining("100000 x 100000 pixels")]);
  await target.close();
});

test("a connection that says nothing at all is let go", async () => {
  const target = await startOurs({}, { headers: 300, request: 600, idle: 300, look: 50 });
  expect(await keepsWaiting(target.port, "", 4000)).toBe(false);
  await target.close();
});
