import { Command, CommanderError } from "commander";
import type { probeDevices } from "../engine/probeDevices.ts";
import type { startEngine } from "../engine/supervisor.ts";
import { catalogueHelp } from "./catalogue.ts";
import type { ConvertFlags } from "./commands/convert.ts";
import type { DemoFlags } from "./commands/demo.ts";
import type { DoctorFlags } from "./commands/doctor.ts";
import type { PlanFlags } from "./commands/plan.ts";
import type { PullFlags } from "./commands/pull.ts";
import type { QuantizeFlags } from "./commands/quantize.ts";
import type { RunFlags } from "./commands/run.ts";
import { UsageError } from "./errors.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { addEngineFlags, addFolderFlags, addJobFlags, customNodesFlag, fp8Flag } from "./flags.ts";
import { intFlag, seedFlag } from "./intFlag.ts";
import type { Io } from "./io.ts";
import { isNewEnough } from "./isNewEnough.ts";
import { packageJson } from "./packageJson.ts";
import { modelSets } from "./pull/modelSets.ts";
import type { PullWorld } from "./pull/world.ts";
import { QUANT_TYPES } from "./quantize/quantTypes.ts";
import { reportError } from "./reportError.ts";
import { addServeFlags, type ServeFlags } from "./serve/addServeFlags.ts";

/** What commands are given: streams, and the engine's start, so that a test can pass its own. */
export interface CliContext {
  readonly io: Io;
  /** By default the real one. */
  readonly startEngine?: typeof startEngine;
  readonly probe?: typeof probeDevices;
  /** Node's version, "20.20.1". By default the real one. */
  readonly node?: string;
  readonly pull?: Partial<PullWorld>;
}

/** Help is the same text on every terminal and in the documentation. */
const HELP_WIDTH = 100;

/** Runs one command line and returns its exit code. Never throws, never exits: main.ts does. `argv` is without node and script. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  const { io } = context;
  try {
    let exit: ExitCode = EXIT.ok;
    const end = (code: ExitCode) => {
      exit = code;
    };
    await program(context, end).parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportError(error, io);
  }
}

/** `end` is told by commands that succeed with another exit code than 0. */
function program(context: CliContext, end: (code: ExitCode) => void): Command {
  const { io } = context;
  const weir = new Command("weir")
    .description("Runs ComfyUI's diffusion workflows with models larger than the GPU's memory.")
    .version(packageJson().version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      outputError: (text, write) => write(text.replace(/^error: /, "weir: ")),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    })
    .exitOverride()
    .addHelpText("after", `\n${catalogueHelp}`)
    .hook("preAction", (_, command) => {
      // npm only warns of it, and what fails then says nothing. `weir doctor` tells it among the rest.
      const { engines } = packageJson();
      const node = context.node ?? process.versions.node;
      if (!isNewEnough(node, engines.node) && command.name() !== "doctor")
        throw new UsageError(`Node ${node} is too old: ${engines.node} is needed; install it from https://nodejs.org`);
    });

  const run = weir
    .command("run")
    .argument(
      "<file...>",
      "workflows (JSON, as ComfyUI's page saves or exports them), or pictures that carry theirs (PNG, WebP)",
    )
    .summary("run workflows and write their pictures")
    .description(
      "Runs workflows and writes their pictures. A picture made by SaveImage carries its workflow: running it " +
        "makes the same picture again. All files and repeats run in one engine, so models are loaded once.",
    )
    .option(
      "--set <node.input=value>",
      "set an input before the run; node is its id, title or class (may be given more than once)",
      (text: string, all: readonly string[] | undefined) => [...(all ?? []), text],
    )
    .option("--prompt <text>", "the positive prompt")
    .option("--repeat <n>", "run each workflow n times; the seed grows by one each time", intFlag("--repeat", 1));
  addEngineFlags(addFolderFlags(addJobFlags(run)));
  run
    .addHelpText("after", RUN_EXAMPLES)
    .showHelpAfterError("(weir run --help lists what it takes)")
    .action(async (files: string[], flags: RunFlags) => {
      const { runCommand } = await import("./commands/run.ts");
      await runCommand(files, flags, context);
    });

  const demo = weir
    .command("demo")
    .argument("[prompt...]", "what to draw (default: a red circle on a blue background)")
    .summary("draw a picture with the bundled models")
    .description(
      "Draws a picture with the small models that come with Weir and writes it as weir-demo.png into the " +
        "current folder. The models know one coloured shape on a background, such as: a big yellow star in a night sky",
    );
  addEngineFlags(addJobFlags(demo));
  demo
    .showHelpAfterError("(weir demo --help lists what it takes)")
    .action(async (words: string[], flags: DemoFlags) => {
      const { demoCommand } = await import("./commands/demo.ts");
      await demoCommand(words.join(" "), flags, context);
    });

  const serve = weir
    .command("serve")
    .summary("serve ComfyUI's API and page")
    .description(
      "Serves what ComfyUI's server does: its API, its sockets and its page (--front-end-root), with its flags and folders. What is " +
        "queued and what is done is kept in the user folder: a start after a crash goes on with it.",
    );
  addEngineFlags(addFolderFlags(addServeFlags(serve)));
  serve
    .addHelpText("after", SERVE_EXAMPLES)
    .showHelpAfterError("(weir serve --help lists what it takes)")
    .action(async (flags: ServeFlags) => {
      const { serveCommand } = await import("./commands/serve.ts");
      await serveCommand(flags, context);
    });

  weir
    .command("doctor")
    .summary("tell what is here, what would be used, what is missing")
    .description(
      "Tells which devices, libraries and models are here, which device would be used and why, and what is missing, with " +
        "the command that helps. Drivers are asked in a process of their own. Exit: 0, or what a run would fail with.",
    )
    .option("--json", "print one JSON object")
    .option("--base-directory <dir>", "folder with models/, input/ and output/ (default: the current folder)")
    .option("--device <device>", "the device a run would name")
    .showHelpAfterError("(weir doctor --help lists what it takes)")
    .action(async (flags: DoctorFlags) => {
      const { doctorCommand } = await import("./commands/doctor.ts");
      end(await doctorCommand(flags, context));
    });

  weir
    .command("inspect")
    .argument("<file>", "weights (safetensors, GGUF)")
    .summary("tell what a file of weights holds and needs")
    .description(
      "Tells which model a file of weights is, its parameters, its bytes by encoding and by stage, and the least memory it " +
        "runs in at a usual size. Reads the header alone and needs no device.",
    )
    .option("--json", "print one JSON object")
    .showHelpAfterError("(weir inspect --help lists what it takes)")
    .action(async (file: string, flags: { readonly json?: boolean }) => {
      const { inspectCommand } = await import("./commands/inspect.ts");
      await inspectCommand(file, flags, context);
    });

  weir
    .command("convert")
    .argument("<file>", "a workflow as ComfyUI's page saves it (JSON), or a picture that carries one (PNG, WebP)")
    .summary("write a workflow in API format")
    .description(
      "Writes the prompt that ComfyUI's page would send for a workflow that it saved: subgraphs expanded, bypassed and muted " +
        "nodes gone, widgets by name. Nothing runs. A workflow that is in API format already is written as it is.",
    )
    .option("-o, --output <file>", "where to write it (default: stdout)")
    .addOption(customNodesFlag())
    .showHelpAfterError("(weir convert --help lists what it takes)")
    .action(async (file: string, flags: ConvertFlags) => {
      const { convertCommand } = await import("./commands/convert.ts");
      await convertCommand(file, flags, context);
    });

  weir
    .command("plan")
    .argument("[file]", "a workflow (JSON), or a picture that carries one (PNG, WebP)")
    .summary("tell what a run would keep, move and take, without running it")
    .description(
      "Tells per model and stage what would stay in VRAM, stream or come from disk, the peak of memory, the bytes per step and " +
        "image, about how long it takes, and what would help most. Reads headers and computes nothing. Exit: 0 fits, 4 does not.",
    )
    .option("--vram <size>", "ceiling on all device memory: 8GB, 7.5GiB, or a share such as 60%")
    .option("--vram-weights <size>", "ceiling on weights alone: 400MB, or a share of the model's weights such as 30%")
    .option("--ram <size>", "host memory that weights may take beside the device")
    .option("--reserve-vram <size>", "leave so much of the device to others; a bare number is GB")
    .option("--lowvram", "as a run with it: at most 30% of each model's weights stay")
    .option("--novram", "as a run with it: no weight stays longer than its stage")
    .option("--highvram", "leave nothing of a card's memory to others")
    .option("--disable-dynamic-vram", "as a run with it: every weight before the first step, or it does not fit")
    .option("--threads <n>", "CPU threads (default: one per core)", intFlag("--threads", 1))
    .option(
      "--set <node.input=value>",
      "change an input of the workflow first (may be given more than once)",
      (text: string, all: readonly string[] | undefined) => [...(all ?? []), text],
    )
    .option("--prompt <text>", "another prompt")
    .option("--seed <n>", "another seed, which changes nothing here", seedFlag)
    .option("--steps <n>", "other steps of every scheduler and sampler node", intFlag("--steps", 1))
    .option("--disk-speed <size>", "bytes per second that the disk reads, such as 2GB")
    .option("--card <name>", "plan for a card of the table, such as RTX 4070 (default: this machine's CPU)")
    .option("--device <device>", "cpu, as a run takes it: this machine's, which is the default; a card goes by --card")
    .option(
      "--policy <name>",
      "another policy than Weir's, to compare: lru, fifo, belady, resident-prefix, strided, ...",
    )
    .option("--force-fp32", "as a run would compute with it")
    .addOption(fp8Flag())
    .addOption(customNodesFlag())
    .option("--json", "print one JSON object")
    .option("--base-directory <dir>", "folder with models/, input/ and output/ (default: the current folder)")
    .option("--input-directory <dir>", "where LoadImage reads (default: input/ in the base directory)")
    .option("--models-directory <dir>", "where models are (default: models/ in the base directory)")
    .option(
      "--extra-model-paths-config <file>",
      "more model folders, in the form of extra_model_paths.yaml (may be given more than once)",
      (text: string, all: readonly string[] | undefined) => [...(all ?? []), text],
    )
    .option(
      "--matrix",
      "print tables for Flux 2: models, encodings, cards and RAM (Markdown), in place of a workflow's plan",
    )
    .showHelpAfterError("(weir plan --help lists what it takes)")
    .action(async (file: string | undefined, flags: PlanFlags) => {
      const { planCommand } = await import("./commands/plan.ts");
      end(await planCommand(file, flags, context));
    });

  weir
    .command("pull")
    .argument(
      "<what...>",
      "OWNER/REPO, OWNER/REPO/FILE, a file's address on the Hub, or a short name: klein-4b, dev, ...",
    )
    .summary("fetch models from the Hugging Face Hub into their folders")
    .description(
      "Fetches files from the Hugging Face Hub into the folders where ComfyUI and Weir look for them: by the repo's own folders, " +
        "else by what the file's header says it is. A fetch that was cut goes on where it was; each file's checksum is checked, and " +
        "it has its name only when it is whole.",
    )
    .option("--to <dir>", "put the files there (default: the folder of their kind in the models directory)")
    .option("--base-directory <dir>", "folder with models/ (default: the current folder)")
    .option("--models-directory <dir>", "where models are (default: models/ in the base directory)")
    .option("--revision <name>", "branch, tag or commit of the repo (default: main)")
    .option(
      "--include <glob>",
      "only files that match, such as '*Q4_K_M.gguf' (may be given more than once)",
      (text: string, all: readonly string[] | undefined) => [...(all ?? []), text],
    )
    .option("--list", "print the files of the repo with their sizes, and fetch nothing")
    .option("--dry-run", "print what would be fetched and where it would go, and fetch nothing")
    .option("--json", "print one JSON object")
    .addHelpText("after", PULL_HELP)
    .showHelpAfterError("(weir pull --help lists what it takes)")
    .action(async (what: string[], flags: PullFlags) => {
      const { pullCommand } = await import("./commands/pull.ts");
      await pullCommand(what, flags, context);
    });

  weir
    .command("quantize")
    .argument("<in>", "weights (safetensors, GGUF)")
    .argument("<out.gguf>", "where the result is written")
    .summary("make a smaller GGUF file of a model")
    .description(
      "Writes a model's weights in another encoding, as a GGUF file that ComfyUI-GGUF loads too: the large matrices in the type, " +
        "first and last layers, modulation, norms and biases as they are. Tells what each tensor lost, worst first. The file has its " +
        "name when it is whole; memory stays below 1 GB whatever the model.",
    )
    .requiredOption("--type <type>", `${QUANT_TYPES.map(({ name }) => name).join(", ")}; or auto, which --vram decides`)
    .option("--vram <size>", "with --type auto: the memory it is to run in, such as 8GB")
    .option(
      "--card <name>",
      "with --type auto: the card it is to run on (default: the smallest of the table with that memory)",
    )
    .option("--threads <n>", "threads (default: one per core)", intFlag("--threads", 1))
    .option("--overwrite", "replace the output if it is there")
    .option("--allow-requantize", "take an input that is quantised already")
    .option("--json", "print one JSON object")
    .addHelpText("after", QUANTIZE_EXAMPLES)
    .showHelpAfterError("(weir quantize --help lists what it takes)")
    .action(async (input: string, output: string, flags: QuantizeFlags) => {
      const { quantizeCommand } = await import("./commands/quantize.ts");
      await quantizeCommand(input, output, flags, context);
    });

  return weir.showHelpAfterError("(weir --help lists the commands)");
}

const RUN_EXAMPLES = `
Examples:
  weir run klein.json --prompt "a big yellow star in a night sky" --seed 7 -o star.png
  weir run klein.json --set 12.steps=4 --vram 8GB
  weir run output/ComfyUI_00001_.png          the same picture again`;

const QUANTIZE_EXAMPLES = `
Examples:
  weir quantize flux2-dev.safetensors flux2-dev-q4_k.gguf --type q4_k
  weir quantize klein-4b.safetensors klein-4b.gguf --type auto --vram 8GB`;

const SERVE_EXAMPLES = `
Examples:
  weir serve                                       as ComfyUI's main.py, in its folder
  weir serve --base-directory ~/ComfyUI --vram 8GB
  weir serve --listen --token correct-horse        for other machines; clients send the token`;

const PULL_HELP = `
Short names: ${Object.keys(modelSets).join(", ")}

Environment: HF_TOKEN (else the token that huggingface_hub saved) for repos that ask for one, HF_ENDPOINT, HTTPS_PROXY.

Examples:
  weir pull klein-4b                            all that examples/klein-4b.json needs
  weir pull Comfy-Org/flux2-dev --list
  weir pull city96/FLUX.2-dev-gguf --include '*Q4_K_S.gguf'
  weir pull OWNER/REPO/style.safetensors --to models/loras`;
