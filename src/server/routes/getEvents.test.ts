import { expect, test } from "vitest";
import type { EventsPage, EventsRequest } from "../../engine/messages.ts";
import { createApp } from "../app.ts";
import { eventsAnswer } from "../schemas.ts";
import { fakeParts } from "../testing/fakeParts.ts";

const page: EventsPage = {
  oldest: 6,
  last: 8,
  events: [
    {
      seq: 7,
      time: 100,
      weight: "blocks.0.w",
      model: "a.safetensors (flux2)",
      event: {
        ...{ kind: "move", at: 3, device: "cpu", weight: 12, bytes: 64, from: "disk", to: "vram", reason: "stream" },
      },
    },
    {
      seq: 8,
      time: 101,
      beside: true,
      event: { kind: "budget", at: 3, device: "cpu", vram: 9, weights: Number.POSITIVE_INFINITY, reason: "pressure" },
    },
  ],
};

function world(answer: EventsPage | null = page) {
  const asked: EventsRequest[] = [];
  const parts = fakeParts();
  const events = async (request: EventsRequest) => {
    asked.push(request);
    return answer;
  };
  const app = createApp({ ...parts, machine: { ...parts.machine, events } });
  const get = (path: string) => app.request(path, { headers: { host: "127.0.0.1" } });
  return { asked, get };
}

test("events are flat, a weight has its name, no ceiling is null; bare and under /api", async () => {
  const { asked, get } = world();
  const answer = await get("/weir/events");
  const told = await answer.json();
  expect(eventsAnswer.parse(told)).toEqual(told);
  expect(told).toEqual({
    oldest: 6,
    last: 8,
    events: [
      {
        ...{ seq: 7, time: 100, kind: "move", at: 3, device: "cpu", bytes: 64, from: "disk", to: "vram" },
        ...{ reason: "stream", weight: "blocks.0.w", modelTitle: "a.safetensors (flux2)" },
      },
      {
        ...{ seq: 8, time: 101, kind: "budget", at: 3, device: "cpu", vram: 9, weights: null, reason: "pressure" },
        beside: true,
      },
    ],
  });
  await get("/api/weir/events?since=7&max_items=1");
  expect(asked).toEqual([
    { since: null, max: 4096 },
    { since: 7, max: 1 },
  ]);
});

test("no engine: null, as /weir/memory", async () => {
  expect(await (await world(null).get("/weir/events")).text()).toBe("null");
});

test.each([
  ["since=-1", "since"],
  ["since=x", "since"],
  ["since=", "since"],
  ["since=9999999999999999", "since"],
  ["max_items=0", "max_items"],
  ["max_items=4097", "max_items"],
  ["max_items=1.5", "max_items"],
])("?%s is refused and names the field", async (query, field) => {
  const { asked, get } = world();
  const answer = await get(`/weir/events?${query}`);
  expect([answer.status, (await answer.json()) as object]).toMatchObject([400, { field }]);
  expect(asked).toEqual([]);
});
