import { writeSync } from "node:fs";
import type { SavedPicture } from "../nodes/context.ts";

/** The pipe on which an engine leaves its breadcrumbs: after stdin, stdout, stderr and the message channel. */
export const BREADCRUMB_FD = 4;

/** What the engine was doing. Empty strings: nothing of that kind. */
export interface Breadcrumb {
  readonly node: string;
  readonly classType: string;
  readonly model: string;
  readonly stage: string;
}

/**
 * Says what runs now, in a way that survives the process: the line is in the pipe before the call returns, so that a native abort or
 * a kill in the very next instruction leaves it readable. Messages cannot do that: they leave when the event loop turns.
 */
export function leaveBreadcrumb(crumb: Breadcrumb, fd: number = BREADCRUMB_FD): void {
  try {
    writeSync(fd, `${JSON.stringify([crumb.node, crumb.classType, crumb.model, crumb.stage])}\n`);
  } catch {
    // Nobody reads: the parent is going away, and `disconnect` ends this process.
  }
}

/** A picture of a job that is about to get its name. */
export interface SavedCrumb {
  readonly jobId: string;
  readonly picture: SavedPicture;
}

/** Says that a picture gets its name now: told before, so that it is known whatever happens next. Survives the process as a breadcrumb does. */
export function leaveSaved(saved: SavedCrumb, fd: number = BREADCRUMB_FD): void {
  try {
    writeSync(fd, `${JSON.stringify(saved)}\n`);
  } catch {
    // As above.
  }
}

/** The reader's side: keeps the last breadcrumb of a pipe, and the pictures of the last job that saved any. */
export class BreadcrumbTrail {
  #open = "";
  #last: Breadcrumb | undefined;
  #saved: SavedCrumb[] = [];

  add(text: string): void {
    const lines = (this.#open + text).split("\n");
    this.#open = lines.pop()!;
    let last: string | undefined;
    for (const line of lines) {
      if (line.startsWith("{")) this.#save(JSON.parse(line) as SavedCrumb);
      else last = line;
    }
    if (last === undefined) return;
    const [node, classType, model, stage] = JSON.parse(last) as [string, string, string, string];
    this.#last = { node, classType, model, stage };
  }

  #save(crumb: SavedCrumb): void {
    if (this.#saved[0]?.jobId !== crumb.jobId) this.#saved = [];
    this.#saved.push(crumb);
  }

  /** Pictures of a job that have their names, or were about to get them. */
  saved(jobId: string): readonly SavedPicture[] {
    return this.#saved.filter((crumb) => crumb.jobId === jobId).map(({ picture }) => picture);
  }

  last(): Breadcrumb | undefined {
    return this.#last;
  }
}

/** "double_blocks.3 of flux2-dev.safetensors, in node 12 (SamplerCustomAdvanced)"; "" when nothing ran. */
export function describeBreadcrumb(crumb: Breadcrumb | undefined): string {
  if (!crumb) return "";
  const node = crumb.node === "" ? "" : `node ${crumb.node} (${crumb.classType})`;
  if (crumb.stage === "") return node;
  const stage = `${crumb.stage} of ${crumb.model}`;
  return node === "" ? stage : `${stage}, in ${node}`;
}
