import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { fakeParts, prompt } from "../testing/fakeParts.ts";

const over = {
  shown: "{}",
  status: "{}",
  meta: "{}",
  outputsCount: 0,
  previewableCount: 0,
  previewOutput: null,
  error: null,
};

test("jobs, their seconds, the queue and memory in Prometheus' format", async () => {
  const stats = {
    vram: { budget: 100, used: 30, peak: 40, byKind: { weights: { used: 20 }, activations: { used: 10 } } },
    ram: { budget: 50, used: 9, cached: 7 },
    counters: { movedBytes: 5, readBytes: 6, droppedBytes: 1, movedBytesByReason: { pin: 3, stream: 2 }, faults: 0 },
  };
  const parts = fakeParts();
  const answers: unknown[] = [stats, null];
  const app = createApp({ ...parts, machine: { ...parts.machine, stats: async () => answers.shift() } });
  const headers = { host: "localhost" };
  for (let n = 0; n < 3; n++) {
    await app.request("/prompt", { method: "POST", headers, body: JSON.stringify({ prompt: prompt(n) }) });
  }
  parts.queue.take(() => {});
  parts.queue.finish({ ...over, state: "completed", startTime: 1000, endTime: 3500 });
  parts.queue.take(() => {});
  parts.queue.finish({ ...over, state: "failed", startTime: null, endTime: null });
  const answer = await app.request("/metrics", { headers });
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0.0.4/);
  const lines = (await answer.text()).trimEnd().split("\n");
  for (const line of [
    'weir_jobs_total{state="completed"} 1',
    'weir_jobs_total{state="failed"} 1',
    'weir_job_seconds_bucket{le="1"} 0',
    'weir_job_seconds_bucket{le="5"} 1',
    'weir_job_seconds_bucket{le="+Inf"} 1',
    "weir_job_seconds_sum 2.5",
    "weir_queue_jobs 1",
    "weir_running_jobs 0",
    'weir_vram_bytes{kind="weights"} 20',
    "weir_vram_budget_bytes 100",
    'weir_ram_bytes{kind="cached"} 7',
    'weir_ram_bytes{kind="in_use"} 2',
    'weir_moved_bytes_total{reason="stream"} 2',
  ])
    expect(lines).toContain(line);
  // Each line is a comment or a sample; each name has its type once.
  for (const line of lines) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"\\]*"\})? -?[\d.e+-]+)$/);
  // While the engine computes, memory is what it last told.
  expect(await (await app.request("/metrics", { headers })).text()).toContain("weir_vram_budget_bytes 100");
});
