import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { JobEnd, NewJob } from "./jobRecord.ts";
import { openJobStore } from "./openJobStore.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

const job = (id: string, place: NewJob["place"] = "back"): NewJob => ({
  id,
  place,
  createTime: 1000,
  prompt: `{"1":{"class_type":"A","inputs":{"seed":18446744073709551615}}}`,
  extraData: "{}",
  outputs: '["1"]',
  workflowId: id.startsWith("w") ? id : null,
});
const end = (change: Partial<JobEnd> = {}): JobEnd => ({
  state: "completed",
  startTime: 1,
  endTime: 5,
  shown: "{}",
  status: '{"status_str":"success"}',
  meta: "{}",
  outputsCount: 0,
  previewableCount: 0,
  previewOutput: null,
  error: null,
  ...change,
});
const all = { states: [], workflowId: null, sortBy: "created_at", descending: false, limit: null, offset: 0 } as const;

/** Runs code that may use `openJobStore` in a process of its own. */
function inOtherProcess(code: string) {
  const module = JSON.stringify(join(import.meta.dirname, "openJobStore.ts"));
  const load = `const { createJiti } = await import("jiti"); const { openJobStore } = await createJiti(process.cwd() + "/").import(${module});`;
  const cwd = join(import.meta.dirname, "../../..");
  return spawnSync(process.execPath, ["--input-type=module", "-e", load + code], { encoding: "utf8", cwd });
}

describe("a store", () => {
  test("what runs by number, then by arrival; the counter goes on behind jobs with places of their own", () => {
    const store = openJobStore(":memory:");
    const numbers = [job("a"), job("b", "front"), job("c", 7.5), job("d")].map((each) => store.add(each).number);
    expect(numbers).toEqual([0, -1, 7.5, 3]);
    expect(store.waiting().map(({ id }) => id)).toEqual(["b", "a", "d", "c"]);
  });

  test("the history: order of ending, ranges, one entry an id, and an end to it", () => {
    const store = openJobStore(":memory:");
    const run = (id: string, change?: Partial<JobEnd>) => {
      const { seq } = store.add(job(id));
      store.begin(seq);
      store.finish(seq, end(change));
    };
    for (const id of ["a", "b", "c", "a"]) run(id);
    const ids = (max: number | null, offset: number | null) =>
      store.history({ max, offset }).map((entry) => Object.keys(JSON.parse(`{${entry}}`) as object)[0]);
    expect(ids(null, null)).toEqual(["b", "c", "a"]);
    expect(ids(2, null)).toEqual(["c", "a"]);
    expect(ids(1, 1)).toEqual(["c"]);
    expect(ids(null, 2)).toEqual(["a"]);
    expect(ids(0, null)).toEqual([]);
    expect(store.historyOf("a")).toContain('"seed":18446744073709551615');
    store.deleteHistory(["c", "nobody"]);
    expect(ids(null, null)).toEqual(["b", "a"]);
    store.clearHistory();
    expect(ids(null, null)).toEqual([]);
    expect(store.historyOf("a")).toBeNull();
  });

  test("keeps 10,000 entries, the oldest leaves", () => {
    const store = openJobStore(":memory:");
    for (let n = 0; n < 10_005; n++) store.finish(store.add(job(`j${n}`)).seq, end());
    expect(store.history({ max: null, offset: null })).toHaveLength(10_000);
    expect(store.historyOf("j4")).toBeNull();
    expect(store.historyOf("j5")).not.toBeNull();
  });

  test("jobs are listed by state, workflow, order and page", () => {
    const store = openJobStore(":memory:");
    const seqs = ["w1", "b", "c"].map((id) => store.add(job(id)).seq);
    store.finish(seqs[1]!, end({ state: "failed", endTime: 100 }));
    const ids = (query: Partial<Parameters<typeof store.list>[0]>) => {
      const { rows, total } = store.list({ ...all, ...query });
      return [rows.map(({ id }) => id), total];
    };
    expect(ids({})).toEqual([["w1", "b", "c"], 3]);
    expect(ids({ descending: true, limit: 1, offset: 1 })).toEqual([["b"], 3]);
    expect(ids({ states: ["pending"] })).toEqual([["w1", "c"], 2]);
    expect(ids({ workflowId: "w1" })).toEqual([["w1"], 1]);
    expect(ids({ sortBy: "execution_duration", descending: true })).toEqual([["b", "c", "w1"], 3]);
    expect(store.find("b")).toMatchObject({ state: "failed", status: '{"status_str":"success"}' });
    expect(store.find("'; DROP TABLE jobs; --")).toBeNull();
  });
});

describe("a store on disk", () => {
  test("opened after its process was killed it has what it had; what ran waits again at its place; numbers go on", () => {
    const file = join(folder, "again.db");
    const left = inOtherProcess(`
      const store = openJobStore(${JSON.stringify(file)});
      const [first] = ["a", "b", "c"].map((id) => store.add({ ...${JSON.stringify(job("x"))}, id }));
      store.begin(first.seq);
      process.kill(process.pid, "SIGKILL");`);
    expect(left.signal).toBe("SIGKILL");
    const again = openJobStore(file);
    expect(again.waiting().map(({ id, number }) => [id, number])).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ]);
    expect(again.texts(again.waiting()[0]!.seq)).toMatchObject({ outputs: '["1"]' });
    expect(again.add(job("d")).number).toBe(3);
  });

  test("another process is told that it is in use", () => {
    const file = join(folder, "held.db");
    const store = openJobStore(file);
    store.add(job("a"));
    const { stdout: told } = inOtherProcess(`
      try { openJobStore(${JSON.stringify(file)}); console.log("opened"); } catch (error) { console.log(error.code, error.message); }`);
    expect(told).toMatch(/^folder-in-use .*held\.db is in use/);
  });

  test("a file that is none, and one of a newer version, are told apart from an empty queue", () => {
    const file = join(folder, "broken.db");
    writeFileSync(
      file,
      "this is no database, and long enough to be taken for one by who looks at its size only".repeat(50),
    );
    expect(() => openJobStore(file)).toThrow(/broken\.db cannot be opened: .*; move it away/);
  });
});
