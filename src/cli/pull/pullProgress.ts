import { formatBytes } from "../../runtime/formatBytes.ts";
import type { Io } from "../io.ts";
import { formatSeconds } from "../progress/formatSeconds.ts";

/** Shows files as they come: on a terminal a line that is drawn over, elsewhere a line now and then. */
export interface PullProgress {
  /** A file begins; `from` bytes are there. `verb`: "" while it is fetched, "checking" while it is read. */
  begin(name: string, bytes: number, from: number, verb?: string): void;
  /** So many bytes of it are there. */
  tick(done: number): void;
  /** A line that stays. */
  line(text: string): void;
  /** Nothing drawn stays behind. */
  end(): void;
  /** Since `begin`. */
  seconds(): number;
}

const FRAME_MS = 100;
const LINE_MS = 30_000;
/** The rate is that of the last seconds: it shows a connection that slows down, and does not jump. */
const WINDOW_MS = 10_000;
const ERASE_REST = "\u001b[K";

export function pullProgress(io: Io): PullProgress {
  let name = "";
  let verb = "";
  let bytes = 0;
  let startedAt = 0;
  let toldAt = 0;
  let drawn = false;
  let samples: { at: number; done: number }[] = [];

  const erase = () => {
    if (drawn) io.err(`\r${ERASE_REST}`);
    drawn = false;
  };
  const line = (text: string) => {
    erase();
    io.err(`${text}\n`);
  };
  return {
    begin(newName, newBytes, from, newVerb = "") {
      [name, bytes, verb] = [newName, newBytes, newVerb];
      startedAt = toldAt = io.now();
      samples = [{ at: startedAt, done: from }];
    },
    tick(done) {
      const now = io.now();
      if (now - toldAt < (io.terminal ? FRAME_MS : LINE_MS)) return;
      toldAt = now;
      samples.push({ at: now, done });
      while (samples.length > 2 && now - samples[1]!.at > WINDOW_MS) samples.shift();
      const first = samples[0]!;
      const rate = now > first.at ? (1000 * (done - first.done)) / (now - first.at) : 0;
      const parts = [
        `${Math.floor((100 * done) / Math.max(1, bytes))}%`,
        `${formatBytes(done)} of ${formatBytes(bytes)}`,
        ...(rate > 0 ? [`${formatBytes(rate)}/s`, `${timeLeft((bytes - done) / rate)} left`] : []),
      ];
      const head = verb === "" ? name : `${verb} ${name}`;
      if (!io.terminal) return line(`${head}: ${parts.join(", ")}`);
      io.err(`\r${fitting(head, parts, io.columns() - 1)}${ERASE_REST}`);
      drawn = true;
    },
    line,
    end: erase,
    seconds: () => (io.now() - startedAt) / 1000,
  };
}

/** "45 s", "12 min", "3.4 h". */
function timeLeft(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** The numbers first of all; of a long name the end is cut. */
function fitting(head: string, parts: readonly string[], width: number): string {
  let numbers = parts[0]!;
  for (const part of parts.slice(1)) {
    if (numbers.length + 2 + part.length > width) break;
    numbers += `  ${part}`;
  }
  const room = width - numbers.length - 2;
  if (room < 4) return numbers.slice(0, Math.max(0, width));
  return `${head.length <= room ? head : `${head.slice(0, room - 2)}..`}  ${numbers}`;
}

/** "336 MB in 12.3 s (27.3 MB/s)", of what came since `from`. */
export function summary(bytes: number, from: number, seconds: number): string {
  const came = bytes - from;
  const rate = seconds > 0 ? ` (${formatBytes(came / seconds)}/s)` : "";
  return `${formatBytes(came)} in ${formatSeconds(seconds)}${rate}${from > 0 ? `, ${formatBytes(from)} were here` : ""}`;
}
