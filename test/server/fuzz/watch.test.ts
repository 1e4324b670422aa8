import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createUsers } from "../../../src/server/users/users.ts";
import { startNaive } from "../security/naive.ts";
import { plant, plantCanaries } from "./folder.ts";
import { startOurs } from "./ours.ts";
import { SEED } from "./seed.ts";
import { send, sendMany } from "./send.ts";
import { Watch } from "./watch.ts";

/** By far enough: some hundred do. */
const COUNT = 5000;
/** What was written over tells nothing any more, so it is put back this often, and before that it is looked. */
const LOOK = 25;
let root: string;
let data: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "weir-watch-"));
  data = plant(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("plain handlers: the fuzzer's requests make them tell and write what is outside, and the watch sees both", async () => {
  const naive = await startNaive(data);
  const watch = new Watch(root, data);
  let told: string | null = null;
  let changed: readonly string[] = [];
  await sendMany({
    port: naive.port,
    seed: SEED,
    count: COUNT,
    before(at) {
      if (at % LOOK !== 0) return;
      if (changed.length === 0) changed = watch.changed();
      plantCanaries(root);
    },
    after(_, { body }) {
      told ??= watch.told(body);
      return told === null || changed.length === 0;
    },
  });
  await naive.close();
  expect(told).toMatch(/^the canary of /);
  expect(changed[0]).toMatch(/^(written|removed): /);
});

test("our own routes, given a user's folder that is too wide: the same", async () => {
  const ours = await startOurs(data, { users: { ...createUsers(join(data, "user"), false), folderOf: () => root } });
  const watch = new Watch(root, data);
  const agent = new Agent();
  const ask = (method: string, name: string) =>
    send(ours.port, agent, { method, path: `/userdata/${name}`, headers: {}, body: null });
  expect(watch.told((await ask("GET", "canary.txt")).body)).toBe("the canary of canary.txt");
  expect(watch.changed()).toEqual([]);
  await ask("POST", "new.txt");
  await ask("DELETE", "a.png");
  expect(watch.changed()).toEqual([`written: ${join(root, "new.txt")}`, `removed: ${join(root, "a.png")}`]);
  agent.destroy();
  await ours.close();
});
