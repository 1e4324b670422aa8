import { parseArgs } from "node:util";
import { benches } from "./benches.ts";

/** One benchmark in this process; main.ts forks it and takes the figures as a message. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    device: { type: "string", default: "cpu" },
    threads: { type: "string" },
  },
});
const [name, folder] = positionals;
const bench = benches.find((candidate) => candidate.name === name);
if (!bench || !folder) throw new Error("usage: runOne.ts NAME FOLDER");
// Whoever asked is gone: nobody wants the figures.
process.on("disconnect", () => process.exit(1));
const threads = values.threads === undefined ? undefined : Number(values.threads);
const run = await bench.load();
const figures = await run({ folder, ...values, threads, say: (text) => console.error(`  ${text}`) });
process.send?.(figures, () => process.exit(0));
