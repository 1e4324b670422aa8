import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

/** Which rooms a room may import from (DESIGN.md, "Layout"): imports go one way. Its own files are always allowed. */
const ALLOWED: Record<string, readonly string[]> = {
  memory: [],
  formats: [],
  tensor: [],
  image: [],
  workflow: [],
  planner: ["memory"],
  ggml: ["tensor", "memory"],
  reference: ["tensor", "memory"],
  models: ["tensor", "formats"],
  runtime: ["memory", "tensor", "formats", "models"],
  sampling: ["runtime"],
  nodes: ["memory", "tensor", "formats", "models", "runtime", "sampling", "image", "workflow", "planner"],
  engine: ["nodes", "workflow", "runtime", "ggml", "memory", "formats", "tensor"],
  server: ["workflow", "formats", "image", "engine"],
  library: ["engine", "workflow", "formats", "runtime"],
  cli: ["*"],
  "index.ts": ["library", "engine", "formats", "nodes", "runtime", "workflow"],
};
/** Packages that only one room may touch, so that they can be replaced in one place. */
const OWNED: Record<string, string> = {
  koffi: "ggml",
  commander: "cli",
  jiti: "engine",
  "fast-png": "formats",
  "@huggingface/tokenizers": "models",
  hono: "server",
  "@hono/node-server": "server",
  ws: "server",
  busboy: "server",
  libsql: "server",
};

const root = path.join(import.meta.dirname, "..", "src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

/** Every `from "..."` and `import("...")` of a file. `import type` counts too, except in sampling, which may know runtime's types only. */
function importsOf(file: string): { from: string; typeOnly: boolean }[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = text.matchAll(
    /(?:(import|export)\s+(type\s)?[^;"']*?from\s*|import\s*\(\s*|^import\s+)["']([^"']+)["']/gm,
  );
  return [...found].map((m) => ({ from: m[3]!, typeOnly: m[2] !== undefined }));
}

test("every room is in the table", () => {
  const rooms = new Set(files.map((file) => file.split(path.sep)[0]!).filter((room) => !room.endsWith(".ts")));
  expect([...rooms].filter((room) => !(room in ALLOWED))).toEqual([]);
});

test("imports go one way", () => {
  const broken: string[] = [];
  for (const file of files) {
    if (file.endsWith(".test.ts")) continue;
    const room = file.split(path.sep)[0]!;
    for (const { from, typeOnly } of importsOf(file)) {
      if (from.startsWith(".")) {
        const target = path.relative(root, path.resolve(root, path.dirname(file), from)).split(path.sep)[0]!;
        const allowed = ALLOWED[room] ?? [];
        const fine = target === room || allowed.includes("*") || allowed.includes(target);
        if (!fine || (room === "sampling" && target === "runtime" && !typeOnly)) broken.push(`${file} imports ${from}`);
      } else {
        const owner = OWNED[from];
        if (owner && owner !== room) broken.push(`${file} imports ${from}, which belongs to ${owner}/`);
      }
    }
  }
  expect(broken).toEqual([]);
});

test("only the command line ends the process", () => {
  const enders = files.filter(
    (file) => !file.endsWith(".test.ts") && /process\.exit\(/.test(readFileSync(path.join(root, file), "utf8")),
  );
  expect(
    enders.filter((file) => !file.startsWith(`cli${path.sep}`) && file !== path.join("engine", "main.ts")),
  ).toEqual([]);
});
