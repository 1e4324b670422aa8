/**
 * `npm run goldens -- DIR [--kind KIND]... [--device NAME] [--native]`: runs every case of a goldens folder by its kind, prints each
 * one's worst error over its tolerance, and ends with `N passed, N failed, N skipped`. Exit code 1 when one failed, 2 for bad usage.
 */
import { parseArgs } from "node:util";
import { openDevice } from "./openDevice.ts";
import { reportLines, summary } from "./report.ts";
import { runGoldens } from "./runGoldens.ts";

const USAGE = "usage: npm run goldens -- DIR [--kind KIND]... [--device NAME] [--native]";

async function main(): Promise<number> {
  let options: ReturnType<typeof parse>;
  try {
    options = parse();
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const [folder] = options.positionals;
  if (folder === undefined || options.positionals.length > 1) {
    console.error(USAGE);
    return 2;
  }
  const { kind, device: name, native } = options.values;
  const device = openDevice({ name, precision: native ? "native" : "fp32" });
  try {
    const results = await runGoldens(folder, {
      ...(kind && { kinds: new Set(kind) }),
      device,
      onResult: (result) => console.log(reportLines(result).join("\n")),
    });
    console.log(summary(results));
    return results.some(({ status }) => status === "failed") ? 1 : 0;
  } catch (error) {
    console.error(`cannot run ${folder}: ${(error as Error).message}`);
    return 2;
  } finally {
    await device.close();
  }
}

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      kind: { type: "string", multiple: true },
      device: { type: "string" },
      native: { type: "boolean", default: false },
    },
  });

// a reader that has seen enough (head) ends the run; nobody is told that all is well
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(1);
});
process.exitCode = await main();
