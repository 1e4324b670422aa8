import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { benches } from "./benches.ts";

/** One benchmark in this process; main.ts forks it and takes the figures as a message. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    device: { type: "string", default: "cpu" },
  },
});
const bench = benches.find(({ name }) => name === positionals[0]);
if (!bench) throw new Error(`there is no benchmark ${positionals[0]}`);
const folder = await mkdtemp(path.join(tmpdir(), "weir-bench-"));
try {
  const figures = await bench.run({ folder, ...values, say: (text) => console.error(`  ${text}`) });
  process.send?.(figures);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.disconnect?.();
