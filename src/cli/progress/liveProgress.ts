import { formatBytes } from "../../runtime/formatBytes.ts";
import type { Io } from "../io.ts";
import { formatSeconds } from "./formatSeconds.ts";
import { NodeProgress } from "./nodeProgress.ts";
import type { Progress } from "./progress.ts";

/** Often enough to look alive, seldom enough to cost nothing. */
const FRAME_MS = 80;
const ERASE_REST = "\u001b[K";
const DIM = "\u001b[2m";
const PLAIN = "\u001b[22m";

/**
 * One line, drawn over: node, step, s/it, VRAM used of budget, bytes moved. Each frame is one write that ends by erasing the rest of the
 * line, so nothing flickers; a frame is never wider than the terminal, so it never wraps; NO_COLOR is honoured.
 */
export function liveProgress(io: Io): Progress {
  const node = new NodeProgress();
  const color = !io.env["NO_COLOR"];
  let drawn = "";
  let drawnAt = Number.NEGATIVE_INFINITY;

  const erase = () => {
    if (drawn !== "") io.err(`\r${ERASE_REST}`);
    drawn = "";
  };
  const draw = () => {
    const [head, ...rest] = fields(node);
    const text = fitting([head!, ...rest], io.columns() - 1);
    if (text === drawn) return;
    drawn = text;
    const styled = color && text.startsWith(head!) ? `${head}${DIM}${text.slice(head!.length)}${PLAIN}` : text;
    io.err(`\r${styled}${ERASE_REST}`);
  };
  return {
    event(event) {
      const now = io.now();
      node.see(event, now);
      if (node.classType === "") return;
      // A new node and a new step are news; stages come by the thousand.
      if (event.kind !== "executing" && event.kind !== "progress" && now - drawnAt < FRAME_MS) return;
      drawnAt = now;
      draw();
    },
    line(text) {
      const again = drawn !== "";
      erase();
      io.err(`${text}\n`);
      if (again) draw();
    },
    end: erase,
  };
}

function fields(node: NodeProgress): string[] {
  const parts = [node.classType];
  if (node.max > 0) parts.push(`${node.value}/${node.max}`);
  const perStep = node.secondsPerStep();
  if (perStep !== null) parts.push(`${formatSeconds(perStep)}/it`);
  if (node.vramBudget > 0) parts.push(`VRAM ${formatBytes(node.vramUsed)} of ${formatBytes(node.vramBudget)}`);
  if (node.moved > 0) parts.push(`moved ${formatBytes(node.moved)}`);
  if (node.stage !== "") parts.push(node.stage);
  return parts;
}

/** As many fields as fit, from the left; the first is cut if even it does not. */
function fitting(parts: readonly string[], width: number): string {
  let text = parts[0]!.slice(0, Math.max(0, width));
  for (const part of parts.slice(1)) {
    if (text.length + 2 + part.length > width) break;
    text += `  ${part}`;
  }
  return text;
}
