import { describe, expect, test } from "vitest";
import type { JobEvent } from "../../engine/messages.ts";
import { Hub } from "../socket/hub.ts";
import { JobReporter } from "./jobReporter.ts";

/** Frames of one client as text: messages as their type and what tells them apart, binary ones as their event. */
function world({ clientId = "c" as string | null, metadata = false, delay = 0 } = {}) {
  const seen: string[] = [];
  const hub = new Hub(
    () => ({}),
    () => ({}),
  );
  const socket = hub.join(
    {
      send(data) {
        if (typeof data !== "string") return void seen.push(`binary ${data[3]}`);
        const { type, data: told } = JSON.parse(data) as { type: string; data: Record<string, unknown> };
        const { node, value, nodes } = told as {
          node?: string;
          value?: number;
          nodes?: Record<string, { state: string; value: number }>;
        };
        const states = Object.entries(nodes ?? {}).map(([id, { state, value: at }]) => `${id}:${state}:${at}`);
        seen.push([type, node, value, ...states].filter((part) => part !== undefined).join(" "));
      },
      buffered: 0,
      close: () => {},
    },
    "c",
  );
  if (metadata) socket.receive('{"type":"feature_flags","data":{"supports_preview_metadata":true}}');
  seen.length = 0;
  let now = 0;
  const reporter = new JobReporter({
    hub,
    promptId: "p",
    clientId,
    encode: async () => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      return { type: "jpeg", bytes: new Uint8Array([1]) };
    },
    now: () => (now += 1),
  });
  return { seen, reporter };
}

const preview = { width: 1, height: 1, rgb: new Uint8Array(3) };
const step = (value: number, max: number, picture = false): JobEvent => ({
  kind: "progress",
  node: "8",
  value,
  max,
  ...(picture ? { preview } : {}),
});
const events: readonly JobEvent[] = [
  { kind: "execution_start", timestamp: 1 },
  { kind: "execution_cached", nodes: [], timestamp: 2 },
  { kind: "progress_state", node: "8", state: "running", value: 0, max: 1 },
  { kind: "executing", node: "8", classType: "S" },
  step(1, 2, true),
  step(2, 2, true),
  { kind: "executed", node: "8", ui: { images: [{ filename: "a.png", subfolder: "", type: "output" }] } },
  { kind: "progress_state", node: "8", state: "finished", value: 2, max: 2 },
];
const success = { status: "success", outputs: {}, stats: {} as never, nodeErrors: {}, timestamp: 9 } as const;

describe("order", () => {
  test("a plain client gets the picture after its progress; what comes after an encoding waits for it", async () => {
    const { seen, reporter } = world({ delay: 5 });
    for (const event of events) reporter.event(event);
    const end = await reporter.finish(success);
    expect(seen).toEqual([
      "execution_start",
      "execution_cached",
      "progress_state 8:running:0",
      "executing 8",
      "progress 8 1",
      "progress_state 8:running:1",
      "binary 1",
      "progress 8 2",
      "progress_state 8:running:2",
      "binary 1",
      "executed 8",
      "progress_state 8:finished:2",
      "execution_success",
    ]);
    expect(end).toMatchObject({ state: "completed", startTime: 1, endTime: 9, outputsCount: 1, previewableCount: 1 });
    expect(JSON.parse(end.shown)).toEqual({ 8: { images: [{ filename: "a.png", subfolder: "", type: "output" }] } });
    expect(JSON.parse(end.meta)).toEqual({
      8: { node_id: "8", display_node: "8", parent_node: null, real_node_id: "8" },
    });
    expect(JSON.parse(end.previewOutput!)).toMatchObject({ filename: "a.png", nodeId: "8", mediaType: "images" });
  });

  test("a client that asked for it gets the picture with its node, before its progress", async () => {
    const { seen, reporter } = world({ metadata: true });
    reporter.event(step(1, 2, true));
    await reporter.finish(success);
    expect(seen.slice(0, 3)).toEqual(["binary 4", "progress 8 1", "progress_state 8:running:1"]);
  });

  test("without a client progress and pictures go to all, the rest to nobody, but for an interrupt", async () => {
    const { seen, reporter } = world({ clientId: null });
    for (const event of events) reporter.event(event);
    await reporter.finish({ status: "interrupted" });
    expect([...new Set(seen.map((frame) => frame.split(" ")[0]))]).toEqual([
      "progress_state",
      "progress",
      "binary",
      "execution_interrupted",
    ]);
  });

  test("to a client that is not there nothing goes to anybody", async () => {
    const { seen, reporter } = world({ clientId: "gone" });
    for (const event of events) reporter.event(event);
    await reporter.finish(success);
    expect(seen).toEqual([]);
  });
});

test("of 400 quick steps the first and the last are told, and few between", async () => {
  const { seen, reporter } = world();
  for (let n = 1; n <= 400; n++) reporter.event(step(n, 400));
  await reporter.finish(success);
  const steps = seen.filter((frame) => frame.startsWith("progress 8"));
  expect([steps[0], steps.at(-1)]).toEqual(["progress 8 1", "progress 8 400"]);
  expect(steps.length).toBeLessThan(8);
});

test("an error carries what the engine says of it; a run that begins again is told from its start", async () => {
  const { reporter } = world();
  reporter.event(events[0]!);
  reporter.event(events[6]!);
  reporter.event({ kind: "restarted", reason: "SIGSEGV", where: "" });
  reporter.event({ kind: "execution_start", timestamp: 20 });
  const error = { code: "bad-node-input", message: "a list where a picture should be" };
  const end = await reporter.finish({
    status: "error",
    node: "8",
    classType: "S",
    error,
    executed: ["1"],
    where: ["in node 8"],
    currentInputs: { x: [1] },
    timestamp: 21,
  });
  expect(JSON.parse(end.error!)).toEqual({
    prompt_id: "p",
    node_id: "8",
    node_type: "S",
    executed: ["1"],
    exception_message: error.message,
    exception_type: error.code,
    traceback: ["in node 8"],
    current_inputs: { x: [1] },
    current_outputs: [],
    timestamp: 21,
  });
  expect(end).toMatchObject({ state: "failed", shown: "{}", startTime: 1 });
  const { messages } = JSON.parse(end.status) as { messages: [string, unknown][] };
  expect(messages.map(([type]) => type)).toEqual(["execution_start", "execution_error"]);
});
