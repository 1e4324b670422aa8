import { lstat } from "node:fs/promises";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { download } from "./download.ts";
import { FileInTheWay } from "./errors.ts";
import type { Place } from "./findPlace.ts";
import type { HubClient } from "./hubGet.ts";
import { isWhole } from "./isWhole.ts";
import { PartFile } from "./partFile.ts";
import { type PullProgress, summary } from "./pullProgress.ts";
import { settle } from "./settle.ts";

export interface Pulled {
  readonly path: string;
  /** `there`: it was here already, and its digest is right. */
  readonly state: "fetched" | "there";
}

/** Brings one file to its place: nothing where it is there, what is lacking where a part is. Throws as `download` and `PartFile` do, and FileInTheWay. */
export async function pullFile(client: HubClient, place: Place, progress: PullProgress): Promise<Pulled> {
  const { file, name, folder, final, candidates } = place;
  for (const path of candidates) {
    progress.begin(name, file.bytes, 0, "checking");
    const whole = await isWhole(path, file, client.signal, progress.tick);
    progress.end();
    if (!whole) continue;
    progress.line(`${name}: is here already, ${file.digest.kind} checked`);
    return { path, state: "there" };
  }
  if (final !== null && (await isThere(final)))
    throw new FileInTheWay(
      `${final} is another file than ${file.repo}/${file.path} at ${file.revision} (${file.commit.slice(0, 8)}); move it away, or choose another place with --to`,
    );

  progress.begin(name, file.bytes, 0, "checking");
  const part = await PartFile.open(folder, name, file, client.world, client.signal, progress.tick);
  try {
    const from = part.bytes;
    progress.begin(name, file.bytes, from);
    if (from > 0) progress.line(`${name}: going on after ${formatBytes(from)} of ${formatBytes(file.bytes)}`);
    await download(client, file, part, { tick: progress.tick, say: progress.line });
    const seconds = progress.seconds();
    const { path, doubt } = await settle(place, part.path);
    await part.moveTo(path);
    progress.end();
    progress.line(`${name}: ${summary(file.bytes, Math.min(from, file.bytes), seconds)}, ${file.digest.kind} checked`);
    if (doubt !== null)
      progress.line(`warning: ${name}: ${doubt}, so it is in no folder of a kind: move it where it belongs`);
    return { path, state: "fetched" };
  } finally {
    progress.end();
    await part.close();
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
