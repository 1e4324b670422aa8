import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { describeEngineNodes } from "../../library/describeEngineNodes.ts";
import { picturePaths } from "../../library/picturePaths.ts";
import { readWorkflowFile } from "../../library/readWorkflowFile.ts";
import { applySettings, type Declarations, type Settings, shiftSeeds } from "../../workflow/applySettings.ts";
import type { Describe } from "../../workflow/convert/scope.ts";
import { checkFolders } from "../checkFolders.ts";
import { type EngineFlags, engineOptions, type JobFlags } from "../flags.ts";
import { lookedIn } from "../lookedIn.ts";
import { checkOutputFolder, pictureTarget } from "../pictures.ts";
import { planHint } from "../planHint.ts";
import type { CliContext } from "../runCli.ts";
import { openSession } from "../session.ts";
import { openTraceFile } from "../traceFile.ts";

export interface RunFlags extends EngineFlags, JobFlags {
  readonly set?: readonly string[];
  readonly prompt?: string;
  readonly repeat?: number;
}

/** `weir run FILE...`: each workflow, each repeat, in one engine. stdout: the pictures' paths, or one JSON object. */
export async function runCommand(files: readonly string[], flags: RunFlags, context: CliContext): Promise<void> {
  const { io } = context;
  await runWorkflows(
    files.map((file) => ({ file, path: resolve(io.cwd, file) })),
    flags,
    resolve(io.cwd, flags.baseDirectory ?? "."),
    context,
  );
}

export interface WorkflowFile {
  /** As the user names it. */
  readonly file: string;
  readonly path: string;
}

/** One line of `--stats json`'s `runs`. */
interface RunRecord {
  readonly file: string;
  readonly repeat: number;
  readonly pictures: readonly string[];
  readonly seconds: number;
  readonly stats: unknown;
}

/** Runs workflows with one engine and reports. Returns the pictures' paths. */
export async function runWorkflows(
  workflows: readonly WorkflowFile[],
  flags: RunFlags,
  baseDirectory: string,
  context: CliContext,
): Promise<readonly RunRecord[]> {
  const { io } = context;
  const read = (more?: Describe) =>
    Promise.all(
      workflows.map(async ({ file, path }) => ({ file, path, ...(await readWorkflowFile(file, path, more)) })),
    );
  let prompts = await read();
  await checkFolders(flags, io.cwd);
  const target = flags.output === undefined ? null : await pictureTarget(flags.output, io.cwd);
  const asked = flags.outputDirectory === undefined ? undefined : resolve(io.cwd, flags.outputDirectory);
  // With -o, the only file that stays is the one asked for.
  const inScratch = target !== null && asked === undefined;
  if (!inScratch) await checkOutputFolder(asked ?? join(baseDirectory, "output"));
  const trace = flags.trace === undefined ? null : await openTraceFile(resolve(io.cwd, flags.trace));
  const options = { ...engineOptions(flags, flags.verbose ?? false, baseDirectory, io.cwd), trace: trace !== null };
  const scratch = inScratch ? await mkdtemp(join(tmpdir(), "weir-pictures-")) : null;
  const outputDirectory = scratch ?? asked;
  let keepScratch = false;
  try {
    const session = await openSession(
      outputDirectory === undefined ? options : { ...options, outputDirectory },
      context,
      prompts.map(({ file, prompt }) => `${file}: ${describeNodes(Object.keys(prompt).length)}`),
      (event) => event.kind === "trace" && trace?.add(event.spans),
    );
    const classes = new Map(session.engine.nodes.map((node) => [node.name, node]));
    const declared: Declarations = (classType) => classes.get(classType);
    // A workflow of the page is converted by what its nodes declare, and the user's are known only now.
    if (options.customNodes) prompts = await read(describeEngineNodes(session.engine.nodes));
    const records: RunRecord[] = [];
    let failed = true;
    try {
      for (const { file, path, prompt, extraPngInfo } of prompts) {
        for (let repeat = 0; repeat < (flags.repeat ?? 1); repeat++) {
          const settled = applySettings(prompt, settings(flags), declared);
          const job = { prompt: shiftSeeds(settled, BigInt(repeat), declared), extraPngInfo };
          const finished = await session.run(file, job).catch((error: unknown) => {
            throw planHint(lookedIn(error, options), planArguments(path, baseDirectory, io.cwd));
          });
          const made = Object.values(finished.outputs).flatMap((ui) => picturePaths(ui, session.engine.folders));
          const pictures: string[] = [];
          for (const picture of made) {
            try {
              pictures.push(target ? await target.place(picture) : picture);
            } catch (error) {
              keepScratch = true;
              throw error;
            }
          }
          const shown = pictures.map((path) => short(path, io.cwd));
          const latents = Object.values(finished.outputs).flatMap((ui) =>
            picturePaths(ui, session.engine.folders, "latents").map((path) => short(path, io.cwd)),
          );
          if (flags.stats !== "json") for (const path of target ? shown : [...shown, ...latents]) io.out(`${path}\n`);
          records.push({ file, repeat, pictures: shown, seconds: finished.seconds, stats: finished.stats });
        }
      }
      failed = false;
    } finally {
      await session.close();
      // What failed is told first of all: a trace that cannot be written does not take its place.
      if (trace)
        session.progress.line(
          await trace.write().catch((error: Error) => {
            if (failed) return error.message;
            throw error;
          }),
        );
    }
    if (flags.stats === "json") {
      io.out(`${JSON.stringify({ pictures: records.flatMap((record) => record.pictures), runs: records })}\n`);
    }
    return records;
  } finally {
    if (scratch && !keepScratch) await rm(scratch, { recursive: true, force: true });
  }
}

function settings({ set, prompt, seed, steps }: RunFlags): Settings {
  return {
    ...(set === undefined ? {} : { set }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(seed === undefined ? {} : { seed }),
    ...(steps === undefined ? {} : { steps }),
  };
}

const describeNodes = (count: number): string => `${count} ${count === 1 ? "node" : "nodes"}`;

const planArguments = (path: string, baseDirectory: string, cwd: string): readonly string[] => [
  short(path, cwd),
  ...(baseDirectory === cwd ? [] : ["--base-directory", short(baseDirectory, cwd)]),
];

/** Relative where that is shorter to read: inside the current folder. */
function short(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}
