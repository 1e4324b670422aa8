import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Figure } from "./bench.ts";
import { benches } from "./benches.ts";
import { machine } from "./support/machine.ts";
import { printFigures } from "./support/printFigures.ts";
import { type Row, updateReadme } from "./support/updateReadme.ts";

/**
 * `node --import jiti/register bench/main.ts [NAME...] [--write] [--peers] [--full] [--device NAME] [--threads N]`: runs benchmarks one after another,
 * each in a process of its own, and prints their tables. `--write` puts the figures into the table of bench/README.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    device: { type: "string", default: "cpu" },
    threads: { type: "string" },
    list: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (values.list || unknown.length > 0) {
  for (const { name, about } of benches) console.log(`${name.padEnd(12)} ${about}`);
  if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(", ")}.`);
  process.exit(unknown.length > 0 ? 1 : 0);
}

const root = path.join(import.meta.dirname, "..");
console.log(machine());
const rows: Row[] = [];
const failed: string[] = [];
let stopped = false;
for (const { name, about } of benches) {
  if (stopped) break;
  if (positionals.length > 0 ? !positionals.includes(name) : name === "peers" && !values.peers) continue;
  const load = loadavg()[0]!.toFixed(1);
  const start = performance.now();
  console.log(`\n${name}: ${about} (load ${load})`);
  const flags = [
    ...(values.full ? ["--full"] : []),
    ...(values.device === "cpu" ? [] : ["--device", values.device]),
    ...(values.threads === undefined ? [] : ["--threads", values.threads]),
    ...(name === "peers" ? ["--peers"] : []),
  ];
  const measured = await runOne(name, flags);
  if (!measured) {
    failed.push(name);
    continue;
  }
  // Waiting for a core is not what a goal is about.
  const busy = loadavg()[0]! > 1.5 * availableParallelism();
  const figures = measured.map((figure) =>
    busy && figure.wall && figure.goal ? { ...figure, verdict: "not judged: the machine was busy" } : figure,
  );
  printFigures(figures);
  console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
  const command = ["bench", name, ...flags].join(" ");
  for (const figure of figures) rows.push({ ...figure, command, load });
}
if (values.write) await updateReadme(path.join(root, "bench", "README.md"), machine(), rows);
if (failed.length > 0) {
  console.error(`Not measured: ${failed.join(", ")}.`);
  process.exitCode = 1;
}

/** The figures, or nothing when the benchmark failed. Its scratch folder goes, however it ended. */
async function runOne(name: string, flags: readonly string[]): Promise<readonly Figure[] | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-bench-"));
  const figures = await new Promise<readonly Figure[] | undefined>((resolve) => {
    const child = fork(path.join(root, "bench", "runOne.ts"), [name, folder, ...flags], {
      cwd: root,
      execArgv: ["--import", "jiti/register", "--expose-gc"],
      env: { ...process.env, UV_THREADPOOL_SIZE: "16", GGML_NO_BACKTRACE: "1" },
    });
    const stop = () => {
      stopped = true;
      child.kill("SIGTERM");
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
    let found: readonly Figure[] | undefined;
    child.on("message", (message) => {
      found = message as Figure[];
    });
    child.on("close", () => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve(found);
    });
  });
  await rm(folder, { recursive: true, force: true });
  return figures;
}
