import { type Card, cardRates, findCard } from "../../../planner/cards.ts";
import { estimate } from "../../../planner/estimate.ts";
import { planRuns, type RunPlan } from "../../../planner/planRuns.ts";
import { addRanges, type Range, scaleRange } from "../../../planner/range.ts";
import { formatBytes } from "../../../runtime/formatBytes.ts";
import { time } from "../describePlan.ts";
import { matrixEncodings } from "./encodings.ts";
import { FLUX2_DEV, KLEIN_4B, KLEIN_9B } from "./flux2Header.ts";
import { planRelease } from "./planRelease.ts";

export const MATRIX_STEPS = 30;
export const MATRIX_SIDE = 1024;
/** One card of each size. */
const CARDS = ["RTX 4090", "RTX 4080", "RTX 4070", "RTX 4060"].map((name) => findCard(name) as Card);
/** RAM of the machine, GB; what is left for weights is less. */
const RAM = [64, 32, 16, 8];
/** For the system and everything else that runs. An assumption. */
const SYSTEM_BYTES = 4e9;
/** Left of a card to the desktop and the driver. */
const CARD_SHARE = 0.95;
/** Bytes per second of the disk: a common NVMe drive's. An assumption. */
const DISK: Range = { low: 1.5e9, high: 3.5e9 };

/** The tables of docs/plan.md, as Markdown: what `weir plan --matrix` prints. The transformer alone, without text encoder and VAE. */
export async function planMatrix(): Promise<string> {
  const parts: string[] = [];
  for (const release of [FLUX2_DEV, KLEIN_9B, KLEIN_4B]) {
    for (const encoding of matrixEncodings) {
      const plan = planRelease(release, encoding, MATRIX_SIDE, MATRIX_STEPS);
      const classicBytes = plan.modelBytes + plan.besideBytes;
      parts.push(
        `### ${release.name}, ${encoding.name}: ${formatBytes(plan.modelBytes)} of weights, ${formatBytes(plan.besideBytes)} beside them, ${(plan.flops / 1e12).toFixed(0)} T operations a step`,
        "",
        `| card | classic | dynamic: stays, moves a step | ${RAM.map((gb) => `${gb} GB RAM`).join(" | ")} |`,
        `|---|---|---|${RAM.map(() => "---").join("|")}|`,
      );
      for (const card of CARDS) {
        const vram = Math.floor(CARD_SHARE * card.memoryBytes);
        const classic = classicBytes <= vram ? "fits" : `${formatBytes(classicBytes - vram)} short`;
        const cells: string[] = [];
        let dynamic = "";
        for (const gb of RAM) {
          const ram = Math.max(0, gb * 1e9 - SYSTEM_BYTES);
          const { runs, doesNotFit } = await planRuns("spread-pins", plan.input(vram), { ram });
          if (doesNotFit) {
            dynamic = `does not fit: needs ${formatBytes(doesNotFit.needed)}`;
            cells.push("-");
            continue;
          }
          const [before, { run, first, steady }] = runs as [RunPlan, RunPlan];
          const all = run.windowBytes === 0;
          dynamic = all ? "all, 0 B" : `${formatBytes(run.pinnedBytes)}, ${formatBytes(steady!.hostBytes)}`;
          const rates = { ...cardRates(card), disk: DISK };
          const step = estimate(steady!, rates);
          const begun = addRanges(estimate(before.total, rates), estimate(first, rates));
          const image = addRanges(begun, scaleRange(step, MATRIX_STEPS - 1));
          const disk = steady!.diskBytes > 0 ? `, ${formatBytes(steady!.diskBytes)} from disk` : "";
          cells.push(`${time(step)}${disk}; image ${time(image)}`);
        }
        parts.push(
          `| ${card.name}, ${Math.round(card.memoryBytes / 2 ** 30)} GB | ${classic} | ${dynamic} | ${cells.join(" | ")} |`,
        );
      }
      parts.push("");
    }
  }
  return parts.join("\n");
}
