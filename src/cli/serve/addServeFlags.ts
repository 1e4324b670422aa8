import { type Command, Option } from "commander";
import { UsageError } from "../errors.ts";
import type { EngineFlags } from "../flags.ts";
import { intFlag } from "../intFlag.ts";
import { COMFY_FLAGS } from "./comfyFlags.ts";

/** Flags of `weir serve` alone. Those of ComfyUI have its names and meanings. */
export interface ServeFlags extends EngineFlags {
  /** Addresses with commas between, or true for `--listen` alone: all of them. */
  readonly listen?: string | true;
  readonly port: number;
  readonly tlsKeyfile?: string;
  readonly tlsCertfile?: string;
  readonly enableCorsHeader?: string | true;
  readonly maxUploadSize: number;
  readonly userDirectory?: string;
  readonly frontEndRoot?: string;
  readonly multiUser?: boolean;
  readonly previewMethod: "none" | "auto" | "latent2rgb" | "taesd";
  /** false: `--no-token`. */
  readonly token?: string | boolean;
  readonly allowHost?: readonly string[];
  readonly verbose?: boolean | string;
}

/** Of ComfyUI's server, and nothing that anybody would miss: they are taken without a word so that its command lines run. */
const ACCEPTED = [
  "--auto-launch",
  "--disable-auto-launch",
  "--dont-print-server",
  "--log-stdout",
  "--enable-compress-response-body",
  "--windows-standalone-build",
  "--disable-all-custom-nodes",
  "--disable-api-nodes",
  "--default-hashing-function <name>",
  "--database-url <url>",
  "--preview-size <pixels>",
];

const PORTS = 65_535;

export function addServeFlags(command: Command): Command {
  command
    .option(
      "--listen [address]",
      "address to listen on, or several with commas between; alone: all of this machine (default: 127.0.0.1)",
    )
    .option("--port <n>", "port to listen on", portFlag, 8188)
    .option("--tls-keyfile <file>", "key for https, with --tls-certfile")
    .option("--tls-certfile <file>", "certificate for https, with --tls-keyfile")
    .option("--enable-cors-header [origin]", "let pages of another origin in; alone: of all")
    .option("--max-upload-size <MB>", "largest body of a request", megabytesFlag, 100)
    .option("--user-directory <dir>", "users' settings, workflows and the queue (default: user/ in the base directory)")
    .option("--front-end-root <dir>", "serve the page in this folder (ComfyUI's: static/ of comfyui-frontend-package)")
    .option("--multi-user", "keep settings and workflows apart for each user")
    .addOption(
      new Option("--preview-method <method>", "pictures of what is being made, for prompts that do not say")
        .choices(["none", "auto", "latent2rgb", "taesd"])
        .default("none"),
    )
    .option(
      "--token <text>",
      "ask for this token; without it one is made up where others than this machine can connect",
      tokenFlag,
    )
    .option("--no-token", "ask for none, whoever can connect")
    .option(
      "--allow-host <name>",
      "a name by which this server is called, beside localhost and addresses (may be given more than once)",
      (text: string, all: readonly string[] | undefined) => [...(all ?? []), text],
    )
    .option("--verbose [level]", "print each move of a weight as it happens, with its reason");
  for (const [flag, reason] of Object.entries(COMFY_FLAGS)) {
    const option = new Option(flag, reason).hideHelp();
    command.addOption(option);
    command.on(`option:${option.name()}`, () => {
      command.configureOutput().writeErr?.(`weir: ${option.long} has no effect: ${reason}\n`);
    });
  }
  for (const flag of ACCEPTED) command.addOption(new Option(flag, "has no meaning here").hideHelp());
  return command;
}

/** A short token would be guessed, and an empty one lets everybody in. */
function tokenFlag(text: string): string {
  if (text.length < 8) throw new UsageError(`--token has ${text.length} characters; give 8 or more, or leave it out`);
  return text;
}

function portFlag(text: string): number {
  const port = intFlag("--port", 0)(text);
  if (port > PORTS) throw new UsageError(`--port is ${text}; ports go up to ${PORTS}`);
  return port;
}

function megabytesFlag(text: string): number {
  const size = Number(text);
  if (!Number.isFinite(size) || size <= 0 || text.trim() === "") {
    throw new UsageError(`--max-upload-size is "${text}"; expected a number of MB such as 100`);
  }
  return size;
}
