import type { CaseResult } from "./runCase.ts";

/** One line for the case, then one per note. */
export function reportLines({ name, kind, status, ratio, worst, notes }: CaseResult): string[] {
  const head =
    worst === "" && status === "skipped"
      ? "-"
      : `${Number.isFinite(ratio) ? ratio.toPrecision(3) : "infinite"}  ${worst}`;
  const mark = { passed: "ok  ", failed: "FAIL", skipped: worst === "" ? "skip" : "show" }[status];
  return [`${mark}  ${name.padEnd(44)}  ${kind.padEnd(26)}  ${head}`, ...notes.map((note) => `      ${note}`)];
}

export function summary(results: readonly CaseResult[]): string {
  const count = (status: CaseResult["status"]) => results.filter((result) => result.status === status).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`;
}
