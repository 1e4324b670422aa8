import type { Figure } from "../bench.ts";

/** Figures as lines: what, value, goal and verdict, then the note. */
export function printFigures(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ what }) => what.length));
  for (const { what, value, goal, verdict, note } of figures) {
    const judged = goal === undefined ? "" : `  (goal ${goal}: ${verdict ?? "not judged"})`;
    console.log(
      `  ${what.padEnd(width)}  ${value}${judged}${note === undefined ? "" : `\n  ${" ".repeat(width)}  ${note}`}`,
    );
  }
}
