import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import WebSocket from "ws";
import { encodePng } from "../../../src/formats/png.ts";
import type { Target } from "./naive.ts";
import { form, keepsWaiting, type Reply, raw } from "./raw.ts";

/** One way to do harm. `succeeds`: whether the harm was done. Each gets a server of its own in a fresh folder. */
export interface Attack {
  readonly name: string;
  /** Where it is known from. */
  readonly known: string;
  readonly succeeds: (target: Target) => Promise<boolean>;
}

const SECRET = "what nobody may read";
const EVIL = "http://evil.example";
const SCRIPT = "<script>fetch('/prompt')</script>";
const SVG = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;
const JOB = JSON.stringify({
  prompt: {
    "1": { class_type: "EmptyImage", inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
    "2": { class_type: "SaveImage", inputs: { images: ["1", 0], filename_prefix: "x" } },
  },
});
const picture = () => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(12) });

/** Would a browser that opens this address run what is in it, as a page of this server? */
function runs({ status, headers, body }: Reply): boolean {
  if (status !== 200 || String(headers["content-disposition"] ?? "").startsWith("attachment")) return false;
  if (String(headers["content-security-policy"] ?? "").includes("sandbox")) return false;
  const type = String(headers["content-type"] ?? "").split(";")[0]!;
  if (/html|xml|svg|javascript|pdf/.test(type)) return true;
  // Without nosniff a type that says nothing is guessed from the content.
  const guessed = headers["x-content-type-options"] !== "nosniff" && (type === "" || type === "text/plain");
  return guessed && body.includes("<script");
}

const put = (target: Target, path: string, bytes: string | Uint8Array): void => {
  mkdirSync(join(target.base, path, ".."), { recursive: true });
  writeFileSync(join(target.base, path), bytes);
};
const holds = ({ body }: Reply): boolean => body.includes(SECRET);
const accepts = async (target: Target, headers: Record<string, string>, body = JOB): Promise<boolean> => {
  await raw(target.port, "/prompt", { method: "POST", headers, body });
  return target.jobs() > 0;
};

/** A page stored under this name and looked at. */
const stored = (known: string, filename: string, content: string, headers = {}): Attack => ({
  name: `a script in ${filename}, uploaded and opened${Object.keys(headers).length > 0 ? " in a frame" : ""}`,
  known,
  async succeeds(target) {
    await raw(target.port, "/upload/image", form({ image: { filename, bytes: content } }));
    return runs(await raw(target.port, `/view?filename=${filename}&type=input`, { headers }));
  },
});

/** A secret beside the folders, asked for by a path that leads there. */
const reads = (name: string, known: string, path: string): Attack => ({
  name,
  known,
  async succeeds(target) {
    put(target, "secret.png", SECRET);
    put(target, "output/sub/a.png", picture());
    put(target, "user/default/a.json", "{}");
    symlinkSync(target.base, join(target.base, "output", "link"));
    symlinkSync(join(target.base, "secret.png"), join(target.base, "output", "link.png"));
    symlinkSync(target.base, join(target.base, "user", "default", "link"));
    return holds(await raw(target.port, path));
  },
});

/** A file beside the folders, written by a path that leads there. */
const writes = (name: string, known: string, send: (target: Target) => Promise<unknown>): Attack => ({
  name,
  known,
  async succeeds(target) {
    put(target, "input/a.png", picture());
    put(target, "user/default/a.json", "{}");
    put(target, "models/victim.txt", "as it was");
    symlinkSync(join(target.base, "models"), join(target.base, "input", "link"));
    await send(target);
    return (
      existsSync(join(target.base, "models", "new.png")) ||
      readFileSync(join(target.base, "models/victim.txt"), "utf8") !== "as it was"
    );
  },
});

const loads = (image: string, set: (target: Target) => void): Attack["succeeds"] => {
  return async (target) => {
    put(target, "secret.png", picture());
    put(target, "input/a.png", picture());
    set(target);
    const prompt = {
      "1": { class_type: "LoadImage", inputs: { image } },
      "2": { class_type: "SaveImage", inputs: { images: ["1", 0], filename_prefix: "x" } },
    };
    return accepts(target, {}, JSON.stringify({ prompt }));
  };
};

/** Whether a socket with these headers is let in. */
const joins = (headers: Record<string, string>): Attack["succeeds"] => {
  return ({ port }) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
      socket.on("open", () => {
        socket.terminate();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
};

const REBOUND = "evil.example:8188";
const LISTED = 'comfyui-api.md, "Security"';

export const attacks: readonly Attack[] = [
  stored("CVE-2024-10099", "x.html", SCRIPT),
  stored("CVE-2024-10099", "x.HTML", SCRIPT),
  stored("CVE-2026-56670", "x.svg", SVG),
  stored("CVE-2026-56670", "x.svg", SVG, { "sec-fetch-dest": "iframe" }),
  stored("CVE-2026-56670", "x.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`),
  stored("CVE-2026-56670", "x.xml", `<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml"/>`),
  stored("CVE-2026-56670", "x", SCRIPT),
  stored("CVE-2026-56670", "x.unknown", SCRIPT),
  {
    name: "a page under a picture's name is stored",
    known: `${LISTED}, uploads by magic bytes`,
    async succeeds(target) {
      await raw(target.port, "/upload/image", form({ image: { filename: "x.png", bytes: SCRIPT } }));
      return existsSync(join(target.base, "input", "x.png"));
    },
  },
  {
    name: "a script in user data, opened",
    known: "CVE-2024-10099",
    async succeeds(target) {
      await raw(target.port, "/userdata/x.html", { method: "POST", body: SCRIPT });
      return runs(await raw(target.port, "/userdata/x.html"));
    },
  },
  {
    name: "a form of another site queues a prompt",
    known: "CVE-2024-10481",
    succeeds: (target) =>
      accepts(target, { origin: EVIL, "content-type": "text/plain", "sec-fetch-site": "cross-site" }),
  },
  {
    name: "an old browser's form of another site (no Sec-Fetch headers)",
    known: "CVE-2024-10481",
    succeeds: (target) => accepts(target, { origin: EVIL, "content-type": "application/x-www-form-urlencoded" }),
  },
  {
    name: "a request of another site without Origin",
    known: "CVE-2024-10481",
    succeeds: (target) => accepts(target, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }),
  },
  {
    name: "another port of this machine queues a prompt",
    known: "CVE-2024-10481",
    succeeds: (target) => accepts(target, { origin: "http://127.0.0.1:9", "sec-fetch-site": "same-site" }),
  },
  {
    name: "a form of another site uploads",
    known: "CVE-2024-10481",
    async succeeds(target) {
      const sent = form({ image: { filename: "x.png", bytes: picture() } });
      await raw(target.port, "/upload/image", { ...sent, headers: { ...sent.headers, origin: EVIL } });
      return existsSync(join(target.base, "input", "x.png"));
    },
  },
  {
    name: "a form of another site clears the queue",
    known: "CVE-2024-10481",
    async succeeds(target) {
      await accepts(target, {});
      await raw(target.port, "/queue", { method: "POST", headers: { origin: EVIL }, body: '{"clear":true}' });
      return target.jobs() === 0;
    },
  },
  {
    name: "a sandboxed frame queues a prompt",
    known: `${LISTED}, Origin: null`,
    succeeds: (target) => accepts(target, { origin: "null" }),
  },
  {
    name: "a stranger's name that points here queues a prompt",
    known: `${LISTED}, DNS rebinding`,
    succeeds: (target) =>
      accepts(target, { host: REBOUND, origin: `http://${REBOUND}`, "sec-fetch-site": "same-origin" }),
  },
  {
    name: "a stranger's name that points here reads",
    known: `${LISTED}, DNS rebinding`,
    succeeds: async ({ port }) => (await raw(port, "/prompt", { headers: { host: REBOUND } })).status === 200,
  },
  {
    name: "a name that only begins like an address",
    known: `${LISTED}, DNS rebinding`,
    succeeds: async ({ port }) =>
      (await raw(port, "/prompt", { headers: { host: "127.0.0.1.evil.example" } })).status === 200,
  },
  { name: "a socket of another site", known: "CVE-2024-10481", succeeds: joins({ origin: EVIL }) },
  { name: "a socket of a sandboxed frame", known: `${LISTED}, Origin: null`, succeeds: joins({ origin: "null" }) },
  {
    name: "a socket by a stranger's name",
    known: `${LISTED}, DNS rebinding`,
    succeeds: joins({ host: REBOUND, origin: `http://${REBOUND}` }),
  },
  reads("/view out of its folder by the name", "CVE-2026-56671", "/view?filename=../secret.png"),
  reads("/view out of its folder by the subfolder", "CVE-2026-56671", "/view?filename=secret.png&subfolder=.."),
  reads("/view by a type that is a path", "CVE-2026-56671", "/view?filename=secret.png&type=."),
  reads(
    "a preview out of its folder",
    "CVE-2026-56671",
    "/view?filename=secret.png&subfolder=../output/..&preview=webp",
  ),
  reads("a channel out of its folder", "CVE-2026-56671", "/view?filename=secret.png&subfolder=sub/../..&channel=a"),
  reads(
    "/view through a linked subfolder",
    `${LISTED}, symlinked subfolders`,
    "/view?filename=secret.png&subfolder=link",
  ),
  reads(
    "a preview through a linked subfolder",
    `${LISTED}, symlinked subfolders`,
    "/view?filename=secret.png&subfolder=link&preview=webp",
  ),
  reads("/view of a link", `${LISTED}, symlinked subfolders`, "/view?filename=link.png"),
  reads("user data out of its folder", `${LISTED}, containment`, "/userdata/..%2F..%2Fsecret.png"),
  reads("user data through a link", `${LISTED}, containment`, "/userdata/link%2Fsecret.png"),
  { name: "LoadImage out of its folder", known: "CVE-2026-56673", succeeds: loads("../secret.png", () => {}) },
  {
    name: "LoadImage out of a subfolder",
    known: "CVE-2026-56673",
    succeeds: loads("x/../../secret.png", ({ base }) => mkdirSync(join(base, "input/x"))),
  },
  {
    name: "LoadImage through a link",
    known: "CVE-2026-56673",
    succeeds: loads("link/secret.png", ({ base }) => symlinkSync(base, join(base, "input", "link"))),
  },
  writes("an upload out of its folder by the name", `${LISTED}, containment`, ({ port }) =>
    raw(port, "/upload/image", form({ image: { filename: "../models/new.png", bytes: picture() } })),
  ),
  writes("an upload out of its folder by the subfolder", `${LISTED}, containment`, ({ port }) =>
    raw(port, "/upload/image", form({ image: { filename: "new.png", bytes: picture() }, subfolder: "../models" })),
  ),
  writes("an upload through a link", `${LISTED}, symlinked subfolders`, ({ port }) =>
    raw(port, "/upload/image", form({ image: { filename: "new.png", bytes: picture() }, subfolder: "link" })),
  ),
  writes("an upload into another folder by its type", `${LISTED}, containment`, ({ port }) =>
    raw(port, "/upload/image", form({ image: { filename: "new.png", bytes: picture() }, type: "models" })),
  ),
  writes("an upload over a file outside", `${LISTED}, containment`, ({ port }) =>
    raw(
      port,
      "/upload/image",
      form({ image: { filename: "victim.txt", bytes: "x" }, subfolder: "link", overwrite: "1" }),
    ),
  ),
  writes("user data out of its folder", `${LISTED}, containment`, ({ port }) =>
    raw(port, "/userdata/..%2F..%2Fmodels%2Fnew.png", { method: "POST", body: "x" }),
  ),
  {
    name: "a pickle is a model",
    known: `${LISTED}, pickle checkpoints`,
    succeeds(target) {
      put(target, "models/diffusion_models/evil.ckpt", "\x80\x04cos\nsystem\n(S'id'\ntR.");
      const prompt = {
        "1": { class_type: "UNETLoader", inputs: { unet_name: "evil.ckpt", weight_dtype: "default" } },
        "2": { class_type: "ModelSave", inputs: { model: ["1", 0], filename_prefix: "x" } },
        "3": JSON.parse(JOB).prompt[1],
        "4": { class_type: "SaveImage", inputs: { images: ["3", 0], filename_prefix: "x" } },
      };
      return accepts(target, {}, JSON.stringify({ prompt }));
    },
  },
  {
    name: "a setting changes every object of the server",
    known: "prototype pollution",
    async succeeds({ port }) {
      const probe = {} as Record<string, unknown>;
      await raw(port, "/settings/__proto__", { method: "POST", body: '{"polluted":"yes"}' });
      const polluted = probe["polluted"] === "yes";
      delete (Object.prototype as Record<string, unknown>)["polluted"];
      return polluted;
    },
  },
  {
    name: "a body larger than the limit",
    known: `${LISTED}, caps on JSON size`,
    succeeds: (target) => accepts(target, {}, JOB.replace("{", `{"x":"${"y".repeat(2 ** 21)}",`)),
  },
  {
    name: "JSON nested a thousand deep",
    known: `${LISTED}, caps on depth`,
    succeeds: (target) => accepts(target, {}, JOB.replace("{", `{"x":${"[".repeat(1000)}${"]".repeat(1000)},`)),
  },
  {
    name: "a graph of ten thousand nodes",
    known: `${LISTED}, caps on graph size`,
    succeeds(target) {
      const prompt: Record<string, unknown> = { ...JSON.parse(JOB).prompt };
      for (let n = 3; n < 10_000; n++) prompt[n] = prompt["1"];
      return accepts(target, {}, JSON.stringify({ prompt }));
    },
  },
  {
    name: "headers that never end",
    known: "slow clients",
    succeeds: ({ port }) => keepsWaiting(port, `POST /prompt HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Slow: `, 4000),
  },
  {
    name: "a body that never ends",
    known: "slow clients",
    succeeds: ({ port }) =>
      keepsWaiting(port, `POST /prompt HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000\r\n\r\n{`, 4000),
  },
  {
    name: "the page is shown in a frame of another site and clicked",
    known: "clickjacking",
    async succeeds({ port }) {
      const { headers } = await raw(port, "/");
      return !/frame-ancestors/.test(String(headers["content-security-policy"] ?? ""));
    },
  },
];
