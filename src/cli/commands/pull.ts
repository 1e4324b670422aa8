import { resolve } from "node:path";
import { RunInterrupted } from "../../library/errors.ts";
import { createFolders } from "../../nodes/folders.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { UsageError } from "../errors.ts";
import { checkRoom } from "../pull/checkRoom.ts";
import { describePull, shortPath } from "../pull/describePull.ts";
import { findPlace, type Place, type Where } from "../pull/findPlace.ts";
import { findHub } from "../pull/hub.ts";
import type { HubClient } from "../pull/hubGet.ts";
import { listRepo } from "../pull/listRepo.ts";
import { parseTarget, type Target } from "../pull/parseTarget.ts";
import { pullFile } from "../pull/pullFile.ts";
import { type PullProgress, pullProgress } from "../pull/pullProgress.ts";
import type { RemoteFile } from "../pull/remoteFile.ts";
import { fileLines } from "../pull/selectFiles.ts";
import { SET_REVISION, selectTargets } from "../pull/selectTargets.ts";
import { realWorld } from "../pull/world.ts";
import type { CliContext } from "../runCli.ts";

const DEFAULT_REVISION = "main";

export interface PullFlags {
  readonly to?: string;
  readonly baseDirectory?: string;
  readonly modelsDirectory?: string;
  readonly revision?: string;
  readonly include?: readonly string[];
  readonly list?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * `weir pull WHAT...`: files from the Hub into the folders of models. stdout: their paths, or `--list`, `--dry-run`, `--json`. Throws the errors
 * of pull/errors.ts, UsageError, WriteFailed, RunInterrupted. What is fetched before an error stays, and the same command goes on from there.
 */
export async function pullCommand(words: readonly string[], flags: PullFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const hub = findHub(io.env);
  const targets = words.map((word) => parseTarget(word, hub.endpoint));
  checkFlags(targets, flags);
  const stop = new AbortController();
  const unlisten = io.onInterrupt(() => stop.abort(new RunInterrupted()));
  const progress = pullProgress(io);
  const client: HubClient = { hub, env: io.env, world: { ...realWorld, ...context.pull }, signal: stop.signal };
  try {
    const list = lister(client, progress);
    if (flags.list) return await printLists(targets, flags, list, context);

    const wanted = await selectTargets(targets, {
      revision: flags.revision ?? DEFAULT_REVISION,
      include: flags.include ?? [],
      anyFile: flags.to !== undefined,
      list,
      say: progress.line,
    });
    const base = resolve(io.cwd, flags.baseDirectory ?? ".");
    const models =
      flags.modelsDirectory === undefined ? resolve(base, "models") : resolve(io.cwd, flags.modelsDirectory);
    const where: Where = {
      to: flags.to === undefined ? null : resolve(io.cwd, flags.to),
      models,
      folders: createFolders({ baseDirectory: base, modelsDirectory: models }),
    };
    const places: Place[] = [];
    for (const { file, hint } of wanted) places.push(await findPlace(file, hint, where));
    checkNames(places);

    const plan = describePull(places, io.cwd);
    if (flags.dryRun) {
      const files = places.map((place) => ({ ...recordOf(place.file), path: place.final, state: "planned" }));
      io.out(flags.json ? `${JSON.stringify({ files }, null, 2)}\n` : `${plan.join("\n")}\n`);
      return;
    }
    const all = places.reduce((sum, { file }) => sum + file.bytes, 0);
    progress.line(`${places.length} ${places.length === 1 ? "file" : "files"}, ${formatBytes(all)}:`);
    for (const line of plan) progress.line(`  ${line}`);
    await checkRoom(
      places.filter(({ candidates }) => candidates.length === 0),
      client.world,
    );
    const files: unknown[] = [];
    for (const place of places) {
      const { path, state } = await pullFile(client, place, progress);
      files.push({ ...recordOf(place.file), path: shortPath(path, io.cwd), state });
      if (!flags.json) io.out(`${shortPath(path, io.cwd)}\n`);
    }
    if (flags.json) io.out(`${JSON.stringify({ files }, null, 2)}\n`);
  } catch (error) {
    progress.end();
    if (stop.signal.aborted)
      progress.line("stopped: what was fetched is kept, and the same command goes on from there");
    throw stop.signal.aborted ? new RunInterrupted() : error;
  } finally {
    unlisten();
  }
}

function checkFlags(targets: readonly Target[], { revision, include, list, dryRun, to }: PullFlags): void {
  if (revision !== undefined && targets.some((target) => target.kind === "set"))
    throw new UsageError("--revision belongs to a repo; a short name such as klein-4b means several");
  if (revision?.trim() === "") throw new UsageError("--revision takes a branch, a tag or a commit");
  if (list && (dryRun || to !== undefined || include !== undefined))
    throw new UsageError("--list shows all files of a repo and takes neither --dry-run nor --to nor --include");
}

type List = (repo: string, revision: string) => Promise<readonly RemoteFile[]>;

/** Asks for each repo once. */
function lister(client: HubClient, progress: PullProgress): List {
  const known = new Map<string, Promise<readonly RemoteFile[]>>();
  return (repo, revision) => {
    const key = `${repo}@${revision}`;
    const found = known.get(key) ?? listRepo(client, repo, revision, progress.line);
    known.set(key, found);
    return found;
  };
}

/** Two files that would have one name. */
function checkNames(places: readonly Place[]): void {
  const names = new Map<string, Place>();
  for (const place of places) {
    // On some systems case does not tell names apart.
    const path = (place.final ?? `${place.folder}/${place.name}`).toLowerCase();
    const other = names.get(path);
    if (other)
      throw new UsageError(
        `${other.file.repo}/${other.file.path} and ${place.file.repo}/${place.file.path} would both be ${place.name} in one folder; pull them one by one, with --to`,
      );
    names.set(path, place);
  }
}

async function printLists(
  targets: readonly Target[],
  { revision, json }: PullFlags,
  list: List,
  { io }: CliContext,
): Promise<void> {
  const repos = new Map<string, readonly RemoteFile[]>();
  for (const target of targets) {
    const names = target.kind === "set" ? target.set.files.map(({ repo }) => repo) : [target.repo];
    const wanted = target.kind === "set" ? SET_REVISION : (target.revision ?? revision ?? DEFAULT_REVISION);
    for (const repo of names) repos.set(repo, await list(repo, wanted));
  }
  if (json) {
    io.out(`${JSON.stringify({ files: [...repos.values()].flat().map(recordOf) }, null, 2)}\n`);
    return;
  }
  for (const [repo, files] of repos) {
    if (repos.size > 1) io.out(`${repo}:\n`);
    for (const line of fileLines(files)) io.out(`${line}\n`);
  }
}

/** A file in `--json`. */
const recordOf = ({ repo, revision, commit, path, bytes, digest }: RemoteFile) => ({
  repo,
  revision,
  commit,
  file: path,
  bytes,
  [digest.kind === "sha256" ? "sha256" : "gitSha1"]: digest.hex,
});
