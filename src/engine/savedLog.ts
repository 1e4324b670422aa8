import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { SavedPicture } from "../nodes/context.ts";
import type { SavedCrumb } from "./breadcrumb.ts";

/**
 * Pictures that jobs have saved, in a file, for whoever starts again after both the engine and its supervisor were killed: each is written
 * before the picture gets its name. A line is there whole or is not read. Nothing is synced: what a killed process has written is
 * with the system, and after a power cut the pictures themselves are as uncertain.
 */
export function appendSaved(file: string, saved: SavedCrumb): void {
  try {
    // A line break before it too: the line before may have been cut.
    appendFileSync(file, `\n${JSON.stringify(saved)}\n`);
  } catch {
    // Its folder is full or gone: the picture is still saved, and after a crash perhaps saved again.
  }
}

/** What is there of a job. A file that is not there, and lines that a kill cut short, say nothing. */
export const readSaved = (file: string, jobId: string): readonly SavedPicture[] =>
  readAll(file)
    .filter((saved) => saved.jobId === jobId)
    .map(({ picture }) => picture);

/** When no job runs: this one is over. What others saved that a kill stopped stays for their next run. */
export function forgetSaved(file: string, jobId: string): void {
  const rest = readAll(file).filter((saved) => saved.jobId !== jobId);
  if (rest.length === 0) {
    rmSync(file, { force: true });
    return;
  }
  const half = `${file}.${process.pid}.tmp`;
  writeFileSync(half, rest.map((saved) => `${JSON.stringify(saved)}\n`).join(""));
  renameSync(half, file);
}

function readAll(file: string): readonly SavedCrumb[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as SavedCrumb];
    } catch {
      return [];
    }
  });
}
