import { formatBytes } from "../../runtime/formatBytes.ts";
import type { Io } from "../io.ts";
import { formatSeconds } from "./formatSeconds.ts";
import { NodeProgress } from "./nodeProgress.ts";
import type { Progress } from "./progress.ts";

/** For logs and pipes: one line when a node is done. */
export function plainProgress(io: Io): Progress {
  let node: NodeProgress | null = null;
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
      node.see(event, io.now());
    },
    line,
    end: finish,
  };
}
