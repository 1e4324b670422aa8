import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeClass, NodeContext } from "../../workflow/node.ts";
import { validate } from "../../workflow/validate.ts";
import { limitsOf } from "../limits.ts";
import { LogRing } from "../logRing.ts";
import { runPictureTask } from "../pictures/runPictureTask.ts";
import { JobQueue } from "../queue/jobQueue.ts";
import { openJobStore } from "../queue/openJobStore.ts";
import type { ServerParts } from "../serverParts.ts";
import { Hub } from "../socket/hub.ts";
import { createUsers } from "../users/users.ts";

const source: NodeClass = {
  name: "Source",
  displayName: "Source",
  category: "test",
  inputs: { seed: { type: "INT", default: 0, min: 0, max: 2n ** 64n - 1n } },
  outputs: [{ name: "IMAGE", type: "IMAGE" }],
  execute: async () => ({ outputs: [0] }),
};
const show: NodeClass = {
  name: "Show",
  displayName: "Show",
  category: "test",
  inputs: { image: { type: "LINK", of: "IMAGE" } },
  outputs: [],
  outputNode: true,
  execute: async () => ({ outputs: [] }),
};
const classes = new Map([source, show].map((node) => [node.name, node]));

/** A prompt of the two classes above. */
export const prompt = (seed: number | bigint = 1) => ({
  "1": { class_type: "Source", inputs: { seed } },
  "2": { class_type: "Show", inputs: { image: ["1", 0] } },
});

/** A server's parts with a queue in memory, folders of their own and two node classes; pictures are worked on here, not on a thread. */
export function fakeParts(change: Partial<ServerParts> = {}): ServerParts & { readonly base: string } {
  const base = mkdtempSync(join(tmpdir(), "weir-server-"));
  const user = join(base, "user");
  const features = () => ({ supports_preview_metadata: true, max_upload_size: 1000 });
  const hub = new Hub(() => ({ exec_info: { queue_remaining: queue.remaining } }), features);
  const queue: JobQueue = new JobQueue(openJobStore(":memory:"), () => hub.sendStatus());
  const context = (nodeId: string, all: NodeContext["prompt"]): NodeContext => ({
    nodeId,
    signal: new AbortController().signal,
    prompt: all,
    extraPngInfo: {},
    progress: () => {},
  });
  return {
    base,
    queue,
    hub,
    users: createUsers(user, false),
    folders: {
      input: join(base, "input"),
      output: join(base, "output"),
      temp: join(base, "temp"),
      user,
      models: {
        names: ["loras"],
        roots: (name) => (name === "loras" ? [join(base, "models", "loras")] : null),
        resolve: () => null,
      },
    },
    limits: limitsOf(1),
    pictures: { run: runPictureTask, close: async () => {} },
    logs: new LogRing(),
    nodes: {
      find: async (name) => declared(classes.get(name)),
      all: async () => [...classes.values()].map((node) => declared(node)!),
      async validate({ prompt: given, targets = null }) {
        const nodes = (name: string) => classes.get(name);
        const checked = await validate(given, { nodes, catalogue: { list: () => [] }, context, targets });
        const { nodeErrors } = checked;
        if (checked.ok) return { ok: true, prompt: checked.prompt, outputs: checked.outputs, nodeErrors };
        return { ok: false, error: checked.error, nodeErrors, lines: [], missingFiles: false };
      },
    },
    machine: {
      free: () => {},
      devices: async () => [],
      stats: async () => null,
      events: async () => null,
      argv: [],
      version: "0",
    },
    features,
    security: { hosts: new Set(["a.name"]), cors: null, token: null },
    frontEnd: null,
    now: () => 1_795_000_000_000,
    ...change,
  };
}

const declared = (node: NodeClass | undefined) =>
  node === undefined ? null : { ...node, outputNode: node.outputNode === true };
