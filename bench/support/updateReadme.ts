import { readFile, writeFile } from "node:fs/promises";
import type { Figure } from "../bench.ts";

export interface Row extends Figure {
  readonly command: string;
  /** The machine's load (1 minute) when the benchmark began. */
  readonly load: string;
}

const START = "<!-- figures -->";
const END = "<!-- /figures -->";
const HEAD = ["Figure", "Value", "Goal", "Result", "Note", "Date, load", "Command"];

/**
 * Rewrites the table between the markers. Rows of benchmarks that were not run now stay, unless they are of another machine: a table is
 * of one machine. A row's last cell names its benchmark, whatever flags it was run with.
 */
export async function updateReadme(file: string, machine: string, rows: readonly Row[]): Promise<void> {
  const text = await readFile(file, "utf8");
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${file} has no ${START} ... ${END}`);
  const old = text.slice(start + START.length, end).split("\n");
  const title = `Machine: ${machine}.`;
  const measured = new Set(rows.map(({ command }) => nameOf(`\`${command}\``)));
  const kept = old.includes(title) ? old.filter((row) => nameOf(row) && !measured.has(nameOf(row))) : [];
  const today = new Date().toISOString().slice(0, 10);
  const lines = rows.map(({ what, value, goal = "", verdict = "", note = "", command, load }) =>
    line([what, value, goal, verdict, note, `${today}, ${load}`, `\`${command}\``]),
  );
  const table = ["", title, "", line(HEAD), line(HEAD.map(() => "---")), ...kept, ...lines, ""].join("\n");
  await writeFile(file, text.slice(0, start + START.length) + table + text.slice(end));
}

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** The benchmark that a row's command runs. */
const nameOf = (row: string): string | undefined => /`bench ([\w-]+)[^`]*`( \|)?$/.exec(row)?.[1];
