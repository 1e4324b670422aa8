import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runPolicy } from "../../src/planner/runPolicy.ts";
import { formatBytes } from "../../src/runtime/formatBytes.ts";
import { svgPlot } from "../support/svgPlot.ts";
import { type Measured, measure, ratesFor } from "./measure.ts";
import { scenarios } from "./scenarios.ts";

/**
 * `node --import jiti/register bench/residency/main.ts [--write]`: every policy on every scenario at budgets from 5 to 100 % of the largest
 * model, on a virtual clock. Nothing is timed. `--write` puts the table into docs/residency.md and the plots beside it.
 */
const POLICIES = ["spread-pins", "belady", "strided", "resident-prefix", "stream-all", "lru", "fifo"];
const SHARES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];
const SHOWN = [0.1, 0.3, 0.6, 0.9];

const docs = path.join(import.meta.dirname, "..", "..", "docs");
const write = process.argv.includes("--write");
const parts: string[] = [];
for (const { file, make } of scenarios) {
  const scenario = make();
  const rates = ratesFor(await runPolicy("spread-pins", scenario.input(scenario.modelBytes * 10)));
  const found: Measured[] = [];
  for (const policy of POLICIES)
    for (const share of SHARES) {
      const measured = await measure(scenario, policy, share, rates);
      if (measured) found.push(measured);
    }
  const at = (policy: string, share: number) => found.find((m) => m.policy === policy && m.share === share);
  const { name, modelBytes, largestWeight } = scenario;
  const ours = found.filter(({ policy }) => policy === "spread-pins");
  const excess = Math.max(
    ...ours.map((m) => (m.pinnedBytes < modelBytes ? m.passBytes / (modelBytes - m.pinnedBytes) : 1)),
  );
  const slack = Math.max(...ours.map((m) => (m.windowBytes > 0 ? m.budget - m.windowBytes - m.pinnedBytes : 0)));
  parts.push(
    `### ${name}: ${formatBytes(modelBytes)} the largest model, largest weight ${formatBytes(largestWeight)}`,
    "",
    ...(file === "chain"
      ? []
      : [
          `Ours over all budgets: at most ${excess.toFixed(3)} x (M - R) a pass; budget less window less R at most ${formatBytes(slack)} (one weight: ${formatBytes(largestWeight)}).`,
          "",
        ]),
    `| policy | ${SHOWN.map((share) => `${100 * share} %: bytes a pass, s, stall`).join(" | ")} |`,
    `|---|${SHOWN.map(() => "---").join("|")}|`,
    `| bound | ${SHOWN.map((share) => {
      const m = ours.find((each) => each.share === share);
      return m ? `${formatBytes(m.boundBytes)}, ${m.boundSeconds.toFixed(2)}` : "-";
    }).join(" | ")} |`,
    ...POLICIES.map(
      (policy) =>
        `| ${policy} | ${SHOWN.map((share) => {
          const m = at(policy, share);
          return m
            ? `${formatBytes(m.passBytes)}, ${m.passSeconds.toFixed(2)}, ${m.stallSeconds.toFixed(2)}`
            : "does not fit";
        }).join(" | ")} |`,
    ),
    "",
    `![bytes of a pass over the budget](residency/${file}-bytes.svg)`,
    `![seconds of a pass over the budget](residency/${file}-seconds.svg)`,
    "",
  );
  console.log(parts.slice(parts.lastIndexOf(parts.find((line) => line.startsWith(`### ${name}`))!)).join("\n"));
  if (!write) continue;
  await mkdir(path.join(docs, "residency"), { recursive: true });
  const lines = (value: (m: Measured) => number, bound: (m: Measured) => number) => [
    { name: "bound", dashed: true, points: ours.map((m) => [100 * m.share, bound(m)] as const) },
    ...POLICIES.map((policy) => ({
      name: policy,
      points: found.filter((m) => m.policy === policy).map((m) => [100 * m.share, value(m)] as const),
    })),
  ];
  const x = "budget of weights, % of the largest model";
  await writeFile(
    path.join(docs, "residency", `${file}-bytes.svg`),
    svgPlot({
      title: name,
      x,
      y: "GB moved in a steady pass",
      lines: lines(
        (m) => m.passBytes / 1e9,
        (m) => m.boundBytes / 1e9,
      ),
    }),
  );
  await writeFile(
    path.join(docs, "residency", `${file}-seconds.svg`),
    svgPlot({
      title: name,
      x,
      y: "a steady pass (its compute alone: 1 for the largest model)",
      lines: lines(
        (m) => m.passSeconds,
        (m) => m.boundSeconds,
      ),
    }),
  );
}
if (write) {
  const page = path.join(docs, "residency.md");
  const text = await readFile(page, "utf8");
  const tables = parts.join("\n");
  await writeFile(
    page,
    text.replace(/<!-- tables -->.*<!-- \/tables -->/s, () => `<!-- tables -->\n${tables}\n<!-- /tables -->`),
  );
}
