import { expect, test } from "vitest";
import { Hub, type Peer } from "./hub.ts";

function world() {
  const hub = new Hub(
    () => ({ exec_info: { queue_remaining: 0 } }),
    () => ({ max_upload_size: 5 }),
  );
  const join = (clientId: string | null) => {
    const frames: { type: string; data: Record<string, unknown> }[] = [];
    const peer: Peer & { buffered: number; closed: boolean } = {
      send: (data) => void frames.push(typeof data === "string" ? JSON.parse(data) : { type: "binary", data: {} }),
      buffered: 0,
      closed: false,
      close() {
        this.closed = true;
      },
    };
    return { frames, peer, ...hub.join(peer, clientId) };
  };
  return { hub, join };
}
const status = { exec_info: { queue_remaining: 0 } };

test("the first frame is the status with the id asked for, or one that is made up", () => {
  const { join } = world();
  expect(join("a").frames).toEqual([{ type: "status", data: { status, sid: "a" } }]);
  const [first, second] = [join(null).frames[0]!.data["sid"], join("").frames[0]!.data["sid"]];
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).not.toBe(first);
});

test("who comes back while its prompt runs is told the node, others are not", () => {
  const { hub, join } = world();
  hub.executing = { clientId: "a", node: "7" };
  expect(join("a").frames[1]).toEqual({ type: "executing", data: { node: "7" } });
  expect(join("b").frames).toHaveLength(1);
});

test("a second socket with an id takes over, and the first one's end does not end it", () => {
  const { hub, join } = world();
  const first = join("a");
  const second = join("a");
  hub.send("x", {}, "a");
  first.leave();
  hub.send("y", {}, "a");
  expect(first.frames.map(({ type }) => type)).toEqual(["status"]);
  expect(second.frames.map(({ type }) => type)).toEqual(["status", "x", "y"]);
});

test("feature flags are answered if they are the first JSON, once", () => {
  const { join } = world();
  const flags = '{"type":"feature_flags","data":{"f":true}}';
  const a = join("a");
  a.receive("no JSON");
  a.receive(flags);
  a.receive(flags);
  expect(a.frames.slice(1)).toEqual([{ type: "feature_flags", data: { max_upload_size: 5 } }]);
  const b = join("b");
  for (const text of ["null", flags]) b.receive(text);
  expect(b.frames).toHaveLength(1);
});

test("a message behind a feature goes only to clients that have it", () => {
  const { hub, join } = world();
  const a = join("a");
  const b = join("b");
  a.receive('{"type":"feature_flags","data":{"weir_memory":true}}');
  hub.send("weir_memory", {}, null, "weir_memory");
  expect(a.frames.at(-1)?.type).toBe("weir_memory");
  expect(b.frames).toHaveLength(1);
});

test("a client that does not read is let go before it costs the others", () => {
  const { hub, join } = world();
  const slow = join("slow");
  const other = join("other");
  slow.peer.buffered = 2 ** 30;
  hub.send("x", {});
  hub.send("y", {});
  expect([slow.peer.closed, hub.has("slow"), slow.frames.length]).toEqual([true, false, 1]);
  expect(other.frames.map(({ type }) => type)).toEqual(["status", "x", "y"]);
});

test("what all clients are behind is bounded together: the slowest is let go first, and that is told", () => {
  const { hub, join } = world();
  const told: [string, number][] = [];
  const MIB = 2 ** 20;
  // Each for itself is within what one client may be behind.
  const clients = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((id) => [id, join(id)]));
  hub.onSlow = (sid, bytes) => {
    told.push([sid, bytes]);
    // As the log does: lines of it go to clients too.
    hub.send("logs", {});
  };
  Object.entries({ a: 50, b: 60, c: 55, d: 45, e: 58, f: 0 }).forEach(([id, mib]) => {
    clients[id]!.peer.buffered = mib * MIB;
  });
  hub.send("x", {});
  expect(told).toEqual([["b", 60 * MIB]]);
  clients["f"]!.peer.buffered = 63 * MIB;
  hub.sendBinary(() => new Uint8Array(1), "f");
  expect(told.slice(1)).toEqual([["f", 63 * MIB]]);
  expect(Object.entries(clients).map(([id, { peer }]) => [id, peer.closed, hub.has(id)])).toEqual(
    [..."abcdef"].map((id) => [id, "bf".includes(id), !"bf".includes(id)]),
  );
  expect(clients["a"]!.frames.map(({ type }) => type)).toEqual(["status", "x", "logs", "logs"]);
});

test("a socket whose id another one took over still counts, and is let go if it is the slowest", () => {
  const { hub, join } = world();
  const first = join("a");
  const second = join("a");
  expect(hub.size).toBe(2);
  first.peer.buffered = 2 ** 30;
  hub.send("x", {}, "a");
  expect([first.peer.closed, second.peer.closed, hub.has("a"), hub.size]).toEqual([true, false, true, 1]);
  second.leave();
  expect([hub.has("a"), hub.size]).toEqual([false, 0]);
});
