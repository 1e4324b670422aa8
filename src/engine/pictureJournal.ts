import type { PictureJournal } from "../nodes/context.ts";
import type { SavedCrumb } from "./breadcrumb.ts";
import type { Job } from "./messages.ts";

/**
 * What one run of a node has saved: a node that runs over a list counts its pictures from 0 in each, so runs after the first have a name of
 * their own in the journal.
 */
export function pictureJournal(
  job: Job,
  run: number,
  onSaved: ((saved: SavedCrumb) => void) | undefined,
): PictureJournal {
  const name = (node: string) => (run === 0 ? node : `${node}#${run}`);
  return {
    record: (picture) => onSaved?.({ jobId: job.id, picture: { ...picture, node: name(picture.node) } }),
    saved: (node, index) => (job.saved ?? []).filter((p) => p.node === name(node) && p.index === index),
  };
}
