import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodePng } from "../formats/png.ts";
import { createApp } from "./app.ts";
import { fakeParts, prompt } from "./testing/fakeParts.ts";

const HOST = { host: "127.0.0.1:8188" };

function world(change: Parameters<typeof fakeParts>[0] = {}) {
  const parts = fakeParts(change);
  const mistakes: unknown[] = [];
  const app = createApp(parts, (error) => mistakes.push(error));
  const ask = (path: string, init: RequestInit = {}) =>
    app.request(path, { ...init, headers: { ...HOST, ...(init.headers as Record<string, string>) } });
  const post = (path: string, body: unknown) => ask(path, { method: "POST", body: JSON.stringify(body) });
  return { parts, mistakes, app, ask, post };
}

describe("POST /prompt", () => {
  test("the job is in the queue before the answer, bare and under /api, whatever the content type", async () => {
    const { ask, post } = world();
    const answer = await ask("/api/prompt", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify({ prompt: prompt(), client_id: "c", extra_data: { api_key_comfy_org: "secret" } }),
    });
    expect(answer.status).toBe(200);
    const { prompt_id, number, node_errors } = (await answer.json()) as Record<string, unknown>;
    expect({ number, node_errors }).toEqual({ number: 0, node_errors: {} });
    expect(await (await ask("/queue")).json()).toEqual({
      queue_running: [],
      queue_pending: [[0, prompt_id, prompt(), { client_id: "c", create_time: 1_795_000_000_000 }, ["2"]]],
    });
    expect(((await (await post("/prompt", { prompt: prompt() })).json()) as { number: number }).number).toBe(1);
    expect(await (await ask("/prompt")).json()).toEqual({ exec_info: { queue_remaining: 2 } });
  });

  test("a seed of 2^64 - 1 comes out as it went in", async () => {
    const { ask } = world();
    const body =
      '{"prompt":{"1":{"class_type":"Source","inputs":{"seed":18446744073709551615}},"2":{"class_type":"Show","inputs":{"image":["1",0]}}}}';
    expect((await ask("/prompt", { method: "POST", body })).status).toBe(200);
    expect(await (await ask("/queue")).text()).toContain('"seed":18446744073709551615');
    expect(await (await ask("/object_info/Source")).text()).toContain("18446744073709551615");
  });

  const refused: readonly [name: string, body: string, status: number, field: RegExp][] = [
    ["no JSON", "{not", 400, /body/],
    ["nothing", "", 400, /body/],
    ["a number that JSON has not", '{"prompt":{"1":{"class_type":"Show","inputs":{"x":NaN}}}}', 400, /body/],
    ["no prompt", "{}", 400, /no_prompt/],
    ["a list", "[1]", 400, /no_prompt/],
    ["a prompt that is text", '{"prompt":"x"}', 400, /"field":"prompt"/],
    ["a node that is text", '{"prompt":{"2":"x"}}', 400, /"field":"prompt.2"/],
    ["a number that is none", JSON.stringify({ prompt: prompt(), number: "abc" }), 400, /"field":"number"/],
    ["an id in capitals", JSON.stringify({ prompt: prompt(), prompt_id: "A".repeat(36) }), 400, /invalid_prompt_id/],
    ["targets that are no list", JSON.stringify({ prompt: prompt(), partial_execution_targets: 5 }), 400, /targets/],
    ["an unknown class", '{"prompt":{"1":{"class_type":"No","inputs":{}}}}', 400, /missing_node_type/],
    ["a seed below 0", JSON.stringify({ prompt: prompt(-1) }), 400, /value_smaller_than_min/],
    ["more than the limit", JSON.stringify({ prompt: prompt(), x: "y".repeat(2 ** 20) }), 413, /body/],
    ["deep nesting", `{"prompt":${"[".repeat(5000)}`, 400, /nested/],
  ];
  test.each(refused)("%s is refused as JSON, names the field and changes nothing", async (_, body, status, field) => {
    const { ask, mistakes } = world();
    const answer = await ask("/prompt", { method: "POST", body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(JSON.stringify(await answer.json())).toMatch(field);
    expect(await (await ask("/queue")).json()).toEqual({ queue_running: [], queue_pending: [] });
    expect(mistakes).toEqual([]);
  });
});

test("what is no route is 404 for GET and 405 for the rest, as JSON", async () => {
  const { ask } = world();
  for (const [method, path, status] of [
    ["GET", "/nothing", 404],
    ["GET", "/api/nothing", 404],
    ["GET", "/interrupt", 404],
    ["GET", "/jobs", 404],
    ["GET", "/api/internal/logs", 404],
    ["DELETE", "/queue", 405],
    ["POST", "/history/x", 405],
    ["PUT", "/userdata/x", 405],
  ] as const) {
    const answer = await ask(path, { method });
    expect([method, path, answer.status]).toEqual([method, path, status]);
    expect(await answer.json()).toHaveProperty("error");
  }
});

test("a mistake of ours is 500 without a word of where, and is told to the log", async () => {
  const { ask, mistakes } = world({
    machine: {
      free: () => {},
      devices: () => Promise.reject(new Error("of ours")),
      stats: async () => ({ vram: { used: 2n ** 60n } }),
      events: async () => null,
      argv: [],
      version: "0",
    },
  });
  const answer = await ask("/system_stats");
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("of ours");
  expect(mistakes).toHaveLength(1);
  expect(await (await ask("/weir/memory")).text()).toBe('{"vram":{"used":1152921504606846976}}');
});

describe("who is let in", () => {
  test.each([
    ["a strange Host", { host: "evil.example" }, 403],
    ["a strange Host with a port", { host: "evil.example:8188" }, 403],
    ["no Host", { host: "" }, 403],
    ["an address", { host: "192.168.1.7:8188" }, 200],
    ["an address of six", { host: "[::1]:8188" }, 200],
    ["localhost", { host: "localhost:1" }, 200],
    ["a name it was given", { host: "A.name:8188" }, 200],
    ["another site's page", { "sec-fetch-site": "cross-site" }, 403],
    ["a foreign origin", { origin: "http://evil.example" }, 403],
    ["the same name, another port", { origin: "http://127.0.0.1:9" }, 403],
    ["the origin null", { origin: "null" }, 403],
    ["its own page", { origin: "http://127.0.0.1:8188", "sec-fetch-site": "same-origin" }, 200],
  ] as const)("%s", async (_, headers, status) => {
    expect((await world().ask("/prompt", { headers })).status).toBe(status);
  });

  test("with a token: by header, by cookie, by ?token=, which sets the cookie", async () => {
    const { ask } = world({ security: { hosts: new Set(), cors: null, token: "the token" } });
    expect((await ask("/prompt")).status).toBe(401);
    expect((await ask("/prompt", { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    expect((await ask("/prompt", { headers: { authorization: "Bearer the token" } })).status).toBe(200);
    expect((await ask("/prompt", { headers: { cookie: "a=b; weir_token=the%20token" } })).status).toBe(200);
    const first = await ask("/?token=the%20token");
    expect(first.status).toBe(200);
    expect(first.headers.get("set-cookie")).toBe("weir_token=the%20token; Path=/; HttpOnly; SameSite=Strict");
  });

  test("with --enable-cors-header other pages are let in, and told so", async () => {
    const { ask } = world({ security: { hosts: new Set(), cors: "*", token: null } });
    const answer = await ask("/prompt", {
      headers: { origin: "http://other.example", "sec-fetch-site": "cross-site" },
    });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
    expect((await ask("/prompt", { method: "OPTIONS" })).status).toBe(200);
  });
});

describe("files", () => {
  const picture = encodePng({ width: 2, height: 1, channels: 4, data: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]) });
  const withFiles = () => {
    const made = world();
    const { output } = made.parts.folders;
    mkdirSync(join(output, "sub"), { recursive: true });
    writeFileSync(join(output, "a.png"), picture);
    writeFileSync(join(made.parts.base, "secret.png"), picture);
    symlinkSync(made.parts.base, join(output, "link"));
    symlinkSync(join(made.parts.base, "secret.png"), join(output, "link.png"));
    return made;
  };
  const upload = (name: string, bytes: Uint8Array | string, fields: Record<string, string> = {}) => {
    const form = new FormData();
    form.append("image", new File([bytes as Uint8Array<ArrayBuffer>], name));
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    return { method: "POST", body: form };
  };

  test.each([
    ["filename=a.png", 200],
    ["filename=a.png&subfolder=sub/..", 200],
    ["filename=a.png&subfolder=none/..", 404],
    ["filename=secret.png&subfolder=link", 403],
    ["filename=link.png", 403],
    ["filename=secret.png&subfolder=..", 403],
    ["filename=secret.png&subfolder=%2Fetc", 403],
    ["filename=..%2Fsecret.png", 400],
    ["filename=a.png%00.png", 400],
    ["filename=a.png&type=models", 400],
    ["filename=sub", 404],
    ["", 404],
  ])("GET /view?%s is %i", async (query, status) => {
    const answer = await withFiles().ask(`/view?${query}`);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(await answer.json()).toHaveProperty("error");
  });

  test("GET /view gives ranges, and nothing twice", async () => {
    const { ask } = withFiles();
    const whole = await ask("/view?filename=a.png");
    const etag = whole.headers.get("etag")!;
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(new Uint8Array(picture));
    expect((await ask("/view?filename=a.png", { headers: { "if-none-match": etag } })).status).toBe(304);
    const part = await ask("/view?filename=a.png", { headers: { range: "bytes=1-3" } });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
      206,
      `bytes 1-3/${picture.length}`,
      "PNG",
    ]);
    expect((await ask("/view?filename=a.png", { headers: { range: "bytes=9999-" } })).status).toBe(416);
  });

  test("what could run in the page's origin is a download", async () => {
    const { ask, parts } = withFiles();
    for (const name of ["x.html", "x.svg", "x.XHTML", "x.js", "x.pdf"]) {
      writeFileSync(join(parts.folders.output, name), "<script>1</script>");
      const answer = await ask(`/view?filename=${name}`);
      expect(answer.headers.get("content-type")).toBe("application/octet-stream");
      expect(answer.headers.get("content-disposition")).toMatch(/^attachment/);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
    const shown = await ask("/view?filename=x.svg", { headers: { "sec-fetch-dest": "image" } });
    expect(shown.headers.get("content-security-policy")).toContain("sandbox");
  });

  test("uploads: the same bytes keep the name, others get a number, nothing leaves the folder", async () => {
    const { ask, parts } = world();
    const send = async (...given: Parameters<typeof upload>) => {
      const answer = await ask("/upload/image", upload(...given));
      return [answer.status, ((await answer.json()) as { name?: string }).name];
    };
    expect(await send("u.png", "one")).toEqual([200, "u.png"]);
    expect(await send("u.png", "one")).toEqual([200, "u.png"]);
    expect(await send("u.png", "two")).toEqual([200, "u (1).png"]);
    expect(await send("u.png", "two", { overwrite: "true" })).toEqual([200, "u.png"]);
    expect(readFileSync(join(parts.folders.input, "u.png"), "utf8")).toBe("two");
    expect(await send("u.png", "x", { subfolder: ".." })).toEqual([400, undefined]);
    expect(await send("../u.png", "x")).toEqual([400, undefined]);
    expect(await send("..", "x")).toEqual([400, undefined]);
    expect(await send("u.png", "x", { type: "models" })).toEqual([400, undefined]);
    symlinkSync(parts.base, join(parts.folders.input, "out"));
    expect(await send("u.png", "x", { subfolder: "out" })).toEqual([400, undefined]);
    expect(existsSync(join(parts.base, "u.png"))).toBe(false);
    expect((await ask("/upload/image", upload("big.bin", new Uint8Array(2 ** 20 + 1)))).status).toBe(413);
    expect((await ask("/upload/image", { method: "POST", body: "{}" })).status).toBe(400);
  });

  test("an upload in place of a link replaces the link, not what it leads to", async () => {
    const { ask, parts } = world();
    mkdirSync(parts.folders.input, { recursive: true });
    writeFileSync(join(parts.base, "other"), "untouched");
    symlinkSync(join(parts.base, "other"), join(parts.folders.input, "u.png"));
    expect((await ask("/upload/image", upload("u.png", "new", { overwrite: "1" }))).status).toBe(200);
    expect(readFileSync(join(parts.base, "other"), "utf8")).toBe("untouched");
    expect(readFileSync(join(parts.folders.input, "u.png"), "utf8")).toBe("new");
  });

  test("user data: nothing outside the user's folder is read, written, listed or removed", async () => {
    const { ask, parts } = world();
    const bytes = { method: "POST", body: "text" };
    expect(await (await ask("/userdata/a%2Fb.json", bytes)).json()).toBe("a/b.json");
    expect(readFileSync(join(parts.folders.user, "default", "a", "b.json"), "utf8")).toBe("text");
    writeFileSync(join(parts.base, "secret"), "s");
    symlinkSync(parts.base, join(parts.folders.user, "default", "out"));
    for (const [method, path, status] of [
      ["GET", "/userdata/out%2Fsecret", 403],
      ["POST", "/userdata/out%2Fnew", 403],
      ["DELETE", "/userdata/out%2Fsecret", 403],
      ["POST", "/userdata/..%2Fnew", 403],
      ["POST", "/userdata/..%5Cnew", 403],
      ["POST", "/userdata/a%2Fb.json/move/..%2Fnew", 403],
      ["GET", "/userdata?dir=out", 403],
      ["GET", "/v2/userdata?path=..", 400],
      ["GET", "/userdata/a", 404],
      ["POST", "/userdata/a", 409],
    ] as const) {
      const answer = await ask(path, method === "POST" ? bytes : { method });
      expect([method, path, answer.status]).toEqual([method, path, status]);
    }
    expect(await (await ask("/userdata?dir=.&recurse=true")).json()).toEqual(["a/b.json"]);
    expect(readFileSync(join(parts.base, "secret"), "utf8")).toBe("s");
    expect(existsSync(join(parts.base, "new")) || existsSync(join(parts.folders.user, "new"))).toBe(false);
  });

  test("a picture as JPEG, WebP or one of its channels; what is no picture is refused", async () => {
    const { ask, parts } = withFiles();
    const type = async (query: string) => {
      const answer = await ask(`/view?filename=a.png&${query}`);
      return [answer.status, answer.headers.get("content-type")];
    };
    expect(await type("preview=jpeg;80")).toEqual([200, "image/jpeg"]);
    expect(await type("preview=anything")).toEqual([200, "image/webp"]);
    expect(await type("channel=a")).toEqual([200, "image/png"]);
    writeFileSync(join(parts.folders.output, "a.png"), "no picture");
    expect(await type("preview=webp")).toEqual([400, "application/json; charset=utf-8"]);
  });
});

test("settings: one, several, all; two at a time lose nothing; __proto__ is a name like others", async () => {
  const { ask, post, parts } = world();
  await Promise.all([post("/settings/a", 1), post("/settings", { b: [2], c: null })]);
  expect(await (await ask("/settings")).json()).toEqual({ a: 1, b: [2], c: null });
  expect(await (await ask("/settings/none")).json()).toBeNull();
  expect((await ask("/settings/x", { method: "POST", body: "nope" })).status).toBe(400);
  expect((await post("/settings", [1])).status).toBe(400);
  expect((await post("/settings/__proto__", { polluted: 1 })).status).toBe(200);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(existsSync(join(parts.folders.user, "default", "comfy.settings.json"))).toBe(true);
});
