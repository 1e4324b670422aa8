import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { openFolders } from "../../engine/openFolders.ts";
import { forgetSaved, readSaved } from "../../engine/savedLog.ts";
import type { Engine } from "../../engine/supervisor.ts";
import { allNodes } from "../../nodes/index.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import type { RunStats } from "../../runtime/runtime.ts";
import { createApp } from "../../server/app.ts";
import { ServerError } from "../../server/errors.ts";
import { limitsOf } from "../../server/limits.ts";
import { listen } from "../../server/listen.ts";
import { LogRing } from "../../server/logRing.ts";
import { createPictureThread } from "../../server/pictures/pictureThread.ts";
import { JobQueue } from "../../server/queue/jobQueue.ts";
import { openJobStore } from "../../server/queue/openJobStore.ts";
import { type JobEngine, Runner } from "../../server/queue/runner.ts";
import type { DeviceFacts, Security, ServerParts } from "../../server/serverParts.ts";
import { Hub } from "../../server/socket/hub.ts";
import { createUsers } from "../../server/users/users.ts";
import { UsageError } from "../errors.ts";
import { engineOptions } from "../flags.ts";
import { packageJson } from "../packageJson.ts";
import { checkOutputFolder } from "../pictures.ts";
import type { CliContext } from "../runCli.ts";
import { runLine } from "../runLine.ts";
import type { ServeFlags } from "../serve/addServeFlags.ts";
import { engineCatalogue } from "../serve/engineCatalogue.ts";
import { listenHosts } from "../serve/listenHosts.ts";
import { modelFolders } from "../serve/modelFolders.ts";
import { nodeCatalogue } from "../serve/nodeCatalogue.ts";
import { type StartingEngine, startingEngine } from "../serve/startingEngine.ts";
import { statsSince } from "../statsSince.ts";

/** How long /system_stats and Weir's own routes wait for an engine that computes. */
const ANSWER_MS = 500;

/**
 * `weir serve`: ComfyUI's server over one engine. It listens at once and takes prompts while the engine starts; if that fails, it ends with the
 * engine's error. Ctrl-C ends it: what waits and what runs is on disk and goes on with the next start.
 */
export async function serveCommand(flags: ServeFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const base = resolve(io.cwd, flags.baseDirectory ?? ".");
  const user = flags.userDirectory === undefined ? join(base, "user") : resolve(io.cwd, flags.userDirectory);
  const options = engineOptions(flags, flags.verbose !== undefined && flags.verbose !== false, base, io.cwd);
  const { outputDirectory } = options;
  const folders = openFolders(
    outputDirectory === undefined ? options : { ...options, outputDirectory: resolve(io.cwd, outputDirectory) },
    io.env,
  );
  const frontEnd = frontEndOf(flags, io.cwd);
  const hosts = listenHosts(flags.listen);
  const security = securityOf(flags, hosts);
  const tls = tlsOf(flags, io.cwd);
  // As in ComfyUI it is made; but mostly it is mistyped.
  if (!existsSync(base)) io.err(`warning: there is no folder ${base} yet, so no models: check --base-directory\n`);
  await checkOutputFolder(user, "--user-directory");

  const logs = new LogRing();
  const say = (text: string) => {
    logs.add(text, Date.now());
    io.err(`${text}\n`);
  };
  const store = openJobStore(join(user, "weir-queue.db"));
  const savedLog = join(user, "weir-saved.jsonl");
  const limits = limitsOf(flags.maxUploadSize);
  const status = () => ({ exec_info: { queue_remaining: queue.remaining } });
  const features = () => ({ supports_preview_metadata: true, max_upload_size: limits.upload });
  const hub = new Hub(status, features);
  const queue: JobQueue = new JobQueue(store, () => hub.sendStatus());
  hub.onSlow = (sid, bytes) =>
    say(`the socket of ${JSON.stringify(sid)} was closed: it does not read, and was ${formatBytes(bytes)} behind`);

  const stop = new AbortController();
  const start = context.startEngine ?? (await import("../../engine/supervisor.ts")).startEngine;
  const starting = start(
    { ...options, outputDirectory: folders.output, savedLog, previewColours: join(user, "weir-previews.json") },
    {
      env: io.env,
      signal: stop.signal,
      ...(io.env["WEIR_DEBUG"] ? { onOutput: (text: string) => say(text.replace(/\n$/, "")) } : {}),
    },
  );
  const engine = startingEngine(starting);
  const pictures = createPictureThread();
  const parts: ServerParts = {
    queue,
    hub,
    users: createUsers(user, flags.multiUser ?? false),
    folders: { input: folders.input, output: folders.output, temp: folders.temp, user, models: modelFolders(folders) },
    limits,
    pictures,
    logs,
    nodes: options.customNodes ? engineCatalogue(starting) : nodeCatalogue(allNodes, folders),
    machine: {
      free: (request) => engine.free(request),
      devices: () => devicesOf(engine, starting),
      stats: async () => (engine.engine === null ? null : soon(engine.engine.stats())),
      events: async (request) => (engine.engine === null ? null : soon(engine.engine.events(request))),
      argv: ["weir", "serve"],
      version: packageJson().version,
    },
    features,
    security,
    frontEnd,
    now: Date.now,
  };
  const app = createApp(parts, (error) => {
    const text = error instanceof Error ? (io.env["WEIR_DEBUG"] ? error.stack : error.message) : String(error);
    say(`weir: a mistake of Weir's own in a request: ${text}; WEIR_DEBUG=1 shows where`);
  });
  let failRunner: (error: unknown) => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    failRunner = (error) => reject(queueFailed(error));
  });
  broken.catch(() => {});
  const runner = new Runner({
    queue,
    hub,
    engine: tellingEngine(engine, say),
    encode: async (preview) => {
      const result = await pictures.run({ kind: "preview", preview });
      return result.ok && result.type !== "webp" ? { type: result.type, bytes: result.bytes } : null;
    },
    saved: (jobId) => readSaved(savedLog, jobId),
    forgetSaved: (jobId) => forgetSaved(savedLog, jobId),
    previews: flags.previewMethod === "none" ? "none" : "latent2rgb",
    now: Date.now,
    onFailure: (error) => failRunner(error),
  });

  const closed = new Promise<void>((end) => {
    io.onInterrupt(() => {
      // Who asks twice means it.
      if (stop.signal.aborted) return;
      end();
    });
  });
  try {
    const listening = await listen(app, parts, {
      host: hosts,
      port: flags.port,
      ...(tls === null ? {} : { tls }),
    });
    try {
      const { token } = security;
      const [first, ...others] = listening.urls.map((url) => (token === null ? url : `${url}/?token=${token}`));
      say(`weir ${packageJson().version}: ${first}`);
      for (const url of others) say(`and: ${url}`);
      if (queue.remaining > 0) say(`${queue.remaining} jobs of before go on`);
      runner.start();
      const up = starting.then((started) => {
        say(`${started.device} (${started.description}), at most ${formatBytes(started.vram)} of its memory`);
        // It serves until it is stopped.
        return new Promise<never>(() => {});
      });
      await Promise.race([closed, up, broken]);
    } finally {
      runner.close();
      hub.closeAll();
      await listening.close();
    }
  } finally {
    runner.close();
    stop.abort();
    await starting.then(
      (started) => started.close(),
      () => {},
    );
    await pictures.close();
    store.close();
  }
}

/** Says in the log what a person at the terminal wants to know of each job. */
function tellingEngine(engine: StartingEngine, say: (text: string) => void): JobEngine {
  let before: RunStats | undefined;
  return {
    interrupt: (id) => engine.interrupt(id),
    async run(job, onEvent) {
      const startedAt = Date.now();
      const result = await engine.run(job, (event) => {
        if (event.kind === "warning") say(`warning: ${event.text}`);
        if (event.kind === "restarted") {
          // A new process counts from zero.
          before = undefined;
          say(`the engine died${event.where === "" ? "" : ` in ${event.where}`} (${event.reason}); starting again`);
        }
        onEvent(event);
      });
      if (result.status === "success") {
        const seconds = ((Date.now() - startedAt) / 1000).toFixed(2);
        say(`${job.id}: done in ${seconds} s; ${runLine(statsSince(before, result.stats))}`);
        before = result.stats;
      } else if (result.status === "error") {
        const where = result.node === undefined ? "" : `${result.classType} (node ${result.node}): `;
        say(`${job.id}: ${where}${result.error.message}`);
      } else say(`${job.id}: ${result.status === "invalid" ? result.lines.join("; ") : "interrupted"}`);
      return result;
    },
  };
}

async function devicesOf(starting: StartingEngine, start: Promise<Engine>): Promise<readonly DeviceFacts[]> {
  const engine = starting.engine ?? (await start.catch(() => null));
  if (engine === null) return [];
  const stats = await soon(engine.stats());
  const used = stats?.vram.used ?? 0;
  return [
    {
      name: `${engine.device} ${engine.description}`,
      type: stats?.device.kind ?? engine.device.toLowerCase().replace(/\d+$/, ""),
      total: engine.vram,
      free: Math.max(0, engine.vram - used),
      used,
    },
  ];
}

function queueFailed(error: unknown): ServerError {
  const why = error instanceof Error ? error.message : String(error);
  return new ServerError(
    "broken-queue",
    `the queue cannot be kept: ${why}; make room on its disk and start again, it goes on`,
  );
}

/** The engine's answer, unless it computes and does not come to it. */
async function soon<T>(answer: Promise<T | null>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ANSWER_MS);
  });
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return first;
}

/** An address of this machine alone. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Where others can connect, a token is asked for: one is made up if none is given. */
function securityOf({ enableCorsHeader, token, allowHost }: ServeFlags, hosts: readonly string[]): Security {
  const local = hosts.every((host) => LOOPBACK.test(host));
  const names = [hostname(), ...hosts, ...(allowHost ?? [])];
  return {
    hosts: new Set(names.map((name) => name.toLowerCase())),
    cors: enableCorsHeader === undefined ? null : enableCorsHeader === true ? "*" : enableCorsHeader,
    token: typeof token === "string" ? token : token === false || local ? null : randomBytes(24).toString("base64url"),
  };
}

function frontEndOf({ frontEndRoot }: ServeFlags, cwd: string): string | null {
  if (frontEndRoot === undefined) return null;
  const folder = resolve(cwd, frontEndRoot);
  if (existsSync(join(folder, "index.html"))) return folder;
  throw new ServerError(
    "no-front-end",
    `--front-end-root ${frontEndRoot} holds no index.html; name the folder with the page`,
  );
}

function tlsOf({ tlsKeyfile, tlsCertfile }: ServeFlags, cwd: string) {
  if (tlsKeyfile === undefined && tlsCertfile === undefined) return null;
  if (tlsKeyfile === undefined || tlsCertfile === undefined) {
    throw new UsageError("--tls-keyfile and --tls-certfile belong together: give both, or none");
  }
  return { keyFile: resolve(cwd, tlsKeyfile), certFile: resolve(cwd, tlsCertfile) };
}
