import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodePng } from "../../src/formats/png.ts";
import { allNodes } from "../../src/nodes/index.ts";
import type { CacheMode } from "../../src/workflow/createResultCache.ts";
import type { ExecutionEvent } from "../../src/workflow/execute.ts";
import { parseJson } from "../../src/workflow/losslessJson.ts";
import type { Prompt } from "../../src/workflow/node.ts";
import { openWorld, type World } from "../nodes/world.ts";
import { mismatch } from "./matchRecorded.ts";
import { sharedFolder } from "./objectInfoNodes.ts";

interface Message {
  readonly type?: string;
  readonly binary?: { readonly event: number; readonly node?: string; readonly text?: string };
  readonly data?: Record<string, unknown>;
  readonly $until?: unknown;
}
interface Body {
  readonly prompt?: Prompt;
  readonly partial_execution_targets?: string[];
  readonly extra_data?: Record<string, unknown>;
}
interface Step {
  readonly http?: {
    readonly method: string;
    readonly path: string;
    readonly json?: Body;
    readonly multipart?: { name: string; filename?: string; base64?: string; text?: string }[];
  };
  readonly expect?: {
    readonly status: number | number[];
    readonly json?: Readonly<Record<string, { readonly $subset?: { readonly outputs?: Record<string, unknown> } }>>;
    readonly image?: { readonly pixels_sha256?: string };
  };
  readonly ws?: unknown;
  readonly ignore?: readonly string[];
  readonly expect_messages?: Message[];
  /** The same in any order. */
  readonly expect_set?: Message[];
}
interface Transcript {
  readonly about: string;
  readonly needs?: { readonly args?: string };
  readonly setup: { path: string; base64?: string; text?: string }[];
  readonly steps: Step[];
}

/** Events of recorded runs: order, cached nodes, what is shown. Those whose nodes are built in and that are about nothing else. */
const folder = new URL("golden/api/transcripts/", sharedFolder);
const KINDS = ["execution_start", "execution_cached", "executing", "executed", "progress_state", "progress_text"];
const modes: Readonly<Record<string, CacheMode>> = {
  "--cache-none": { kind: "none" },
  "--cache-lru 1": { kind: "lru", entries: 1 },
};
const known = new Set(allNodes.map((node) => node.name));

const transcripts = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((name) => /^(0(15|19|3[0-69]|4\d|50|5[5-8]|6[0-9])|18[12])-/.test(name))
  .map((name) => {
    const text = readFileSync(new URL(name, folder), "utf8").replaceAll("<run>", "r");
    return { name, ...(parseJson(text) as Transcript) };
  })
  .filter(({ steps }) =>
    steps.every(({ http }) => Object.values(http?.json?.prompt ?? {}).every((node) => known.has(node.class_type))),
  )
  // Values of /free and prompts that are refused are the server's.
  .filter(({ steps }) => steps.every(({ http }) => http?.path !== "/free"));

describe.skipIf(!existsSync(folder))("recorded runs (needs ../shared)", () => {
  test("there are some", () => expect(transcripts.length).toBeGreaterThan(34));

  test.each(transcripts)("$name: $about", async ({ setup, steps, needs }) => {
    const world = openWorld({ cache: modes[needs?.args ?? ""] ?? { kind: "classic" } });
    try {
      for (const { path, base64, text } of setup)
        put(world, path, Buffer.from(base64 ?? text ?? "", base64 ? "base64" : "utf8"));
      let events: ExecutionEvent[] = [];
      let compared = 0;
      for (const step of steps) {
        const { http } = step;
        const saved = /^\/view\?filename=([^&]+)$/.exec(http?.path ?? "")?.[1];
        if (saved && step.expect?.image?.pixels_sha256 && existsSync(join(world.folders.output, saved))) {
          const { data } = decodePng(readFileSync(join(world.folders.output, saved)));
          expect(createHash("sha256").update(data).digest("hex")).toBe(step.expect.image.pixels_sha256);
          compared += 1;
        }
        const history = http?.path.startsWith("/history/") ? Object.values(step.expect?.json ?? {})[0] : undefined;
        for (const [id, ui] of Object.entries(history?.$subset?.outputs ?? {})) {
          const shown = events.find((event) => event.kind === "executed" && event.node === id);
          expect(shown).toMatchObject({ ui });
          compared += 1;
        }
        if (http?.multipart !== undefined) {
          const file = http.multipart.find(({ name }) => name === "image")!;
          const sub = http.multipart.find(({ name }) => name === "subfolder")?.text ?? "";
          put(world, join("input", sub, file.filename!), Buffer.from(file.base64!, "base64"));
        }
        if (http?.json?.prompt !== undefined && [step.expect!.status].flat()[0] === 200) {
          events = await runRecorded(world, http.json);
        }
        const wanted = (step.expect_messages ?? step.expect_set ?? [])
          .map(asText)
          .filter(({ type, data }) => KINDS.includes(type ?? "") && !(type === "executing" && data!["node"] === null));
        // An excerpt of the events ($until) is not compared.
        if (wanted.length === 0 || step.expect_messages?.some((message) => message.$until !== undefined)) continue;
        const told = messagesOf(events).filter(({ type }) => !step.ignore?.includes(type));
        expect(mismatch(told, step.expect_set ? { $unordered: wanted.map(plain) } : wanted.map(plain))).toBeNull();
        compared += 1;
        const check = /^\/view\?filename=([^&]+)(?:&subfolder=([^&]+))?$/.exec(http?.path ?? "");
        if (check) expect(existsSync(join(world.folders.output, check[2] ?? "", check[1]!))).toBe(true);
      }
      expect(compared > 0 || steps.every((step) => (step.expect_messages ?? []).length < 3)).toBe(true);
      for (const name of pngs(world.folders.output)) decodePng(readFileSync(name));
    } finally {
      world.close();
    }
  });
});

async function runRecorded(
  world: World,
  { prompt, partial_execution_targets, extra_data }: Body,
): Promise<ExecutionEvent[]> {
  const events: ExecutionEvent[] = [];
  const extra = (extra_data?.["extra_pnginfo"] ?? {}) as Record<string, unknown>;
  await world
    .run(prompt!, {
      extraPngInfo: extra,
      onEvent: (event) => events.push(event),
      targets: partial_execution_targets ?? null,
    })
    .catch(() => {}); // a node that fails is an event of the server's; what came before is compared
  return events.filter(({ kind }) => KINDS.includes(kind));
}

/** A binary frame with a text, as the event behind it. */
const asText = ({ binary, ...message }: Message): Message =>
  binary?.event === 3 ? { type: "progress_text", data: { node: binary.node, output: binary.text } } : message;

/** As a socket would tell them: a progress_state with every node that began. */
function messagesOf(events: readonly ExecutionEvent[]): { readonly type: string }[] {
  const nodes: Record<string, unknown> = {};
  return events.map((event) => {
    switch (event.kind) {
      case "execution_cached":
        return { type: event.kind, nodes: event.nodes };
      case "executing":
        return { type: event.kind, node: event.node, display_node: event.node };
      case "executed":
        return { type: event.kind, node: event.node, display_node: event.node, output: event.ui };
      case "progress_text":
        return { type: event.kind, node: event.node, output: event.text };
      case "progress_state": {
        const { node: id, value, max, state } = event;
        const place = { node_id: id, display_node_id: id, parent_node_id: null, real_node_id: id };
        nodes[id] = { value, max, state, ...place };
        return { type: event.kind, nodes: { ...nodes } };
      }
      default:
        return { type: event.kind };
    }
  });
}

/** A recorded message without what the server adds (times, ids of prompts). */
function plain({ type, data }: Message): unknown {
  const { nodes, node, display_node, output } = data!;
  const text = JSON.stringify({ type, nodes, node, display_node, output });
  return JSON.parse(text, (key, value) => (key === "prompt_id" ? undefined : value));
}

function put(world: World, path: string, bytes: Uint8Array): void {
  const [first, ...rest] = path.split("/");
  const root = first === "input" ? world.folders.input : first === "output" ? world.folders.output : null;
  if (root === null) throw new Error(`a recording places ${path}, which is not played here`);
  const file = join(root, ...rest);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

const pngs = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".png"))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => readFileSync(file).length > 0)
    : [];
