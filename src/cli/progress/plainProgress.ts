import { formatBytes } from "../../runtime/formatBytes.ts";
import type { Io } from "../io.ts";
import { formatSeconds } from "./formatSeconds.ts";
import { NodeProgress } from "./nodeProgress.ts";
import type { Progress } from "./progress.ts";

/** Who reads a log must see that something moves; a line a step would fill it. */
const EVERY_MS = 10_000;

/** For logs and pipes: one line when a node is done, and one now and then of a node that takes long. */
export function plainProgress(io: Io): Progress {
  let node: NodeProgress | null = null;
  let saidAt = 0;
  const line = (text: string) => io.err(`${text}\n`);
  const finish = () => {
    if (!node || node.classType === "") return;
    const parts = [formatSeconds((io.now() - node.startedAt) / 1000)];
    const perStep = node.secondsPerStep();
    if (perStep !== null) parts.push(`${node.value}/${node.max} steps, ${formatSeconds(perStep)}/it`);
    if (node.moved > node.movedBefore) parts.push(`${formatBytes(node.moved - node.movedBefore)} moved`);
    line(`${node.classType}: ${parts.join(", ")}`);
    node.classType = "";
  };
  return {
    event(event) {
      if (event.kind === "executing" || event.kind === "restarted") finish();
      node ??= new NodeProgress();
      const now = io.now();
      node.see(event, now);
      if (event.kind === "executing") saidAt = now;
      if (node.classType === "" || now - saidAt < EVERY_MS) return;
      saidAt = now;
      line(`  ${node.classType}: ${underWay(node, now)}`);
    },
    line,
    end: finish,
  };
}

/** "3/8 steps, 2.50 s/it"; before the first step, or where there are none, how long it has taken and the stage: "12.3 s, single_blocks.3". */
function underWay(node: NodeProgress, now: number): string {
  const perStep = node.secondsPerStep();
  if (perStep !== null) return `${node.value}/${node.max} steps, ${formatSeconds(perStep)}/it`;
  const elapsed = formatSeconds((now - node.startedAt) / 1000);
  return node.stage === "" ? elapsed : `${elapsed}, ${node.stage}`;
}
