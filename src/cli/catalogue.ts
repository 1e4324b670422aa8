import { EXIT, type ExitCode } from "./exitCodes.ts";

/** An error a user can meet: its stable code, what `weir` returns for it, what it means and what to do. */
export interface CatalogueEntry {
  readonly code: string;
  readonly exit: ExitCode;
  readonly meaning: string;
  readonly next: string;
}

const entry = (code: string, exit: ExitCode, meaning: string, next: string): CatalogueEntry => ({
  code,
  exit,
  meaning,
  next,
});

/**
 * Every code that an error of Weir carries. docs/errors.md holds this table, and a test holds the two equal and looks through all of
 * src/ for codes that are missing here. Codes are never renamed: scripts read them.
 */
export const catalogue: readonly CatalogueEntry[] = [
  // The command line and its files.
  entry("usage", EXIT.usage, "The command line means nothing.", "The message says what the flag takes."),
  entry(
    "bad-setting",
    EXIT.usage,
    "`--set`, `--prompt`, `--seed` or `--steps` fits no input of the workflow.",
    "The message lists what would fit.",
  ),
  entry(
    "bad-model-paths",
    EXIT.usage,
    "A file of model folders (extra_model_paths.yaml) cannot be used.",
    "The message names the file and what is wrong in it.",
  ),
  entry(
    "no-such-file",
    EXIT.usage,
    "A file or folder of the command line is not there or cannot be read.",
    "Check the path.",
  ),
  entry(
    "cannot-write",
    EXIT.failure,
    "The place of `-o` cannot be written.",
    "Choose a folder that exists and is yours.",
  ),
  entry("interrupted", EXIT.interrupted, "Ctrl-C stopped the run.", "Run it again; nothing half-written is left."),

  // Workflows.
  entry("invalid-json", EXIT.invalidWorkflow, "The workflow file is not JSON.", "The message names line and column."),
  entry(
    "no-workflow",
    EXIT.invalidWorkflow,
    "The file holds no workflow that can be run.",
    "Use a file that ComfyUI's page saved or exported, or a picture made with metadata.",
  ),
  entry(
    "broken-workflow",
    EXIT.invalidWorkflow,
    "A workflow that the page saved contradicts itself: it cannot be converted.",
    "Open it in ComfyUI's page and save it again.",
  ),
  entry(
    "custom-node-failed",
    EXIT.failure,
    "A node of a `--custom-nodes` file failed.",
    "It is the node's own error: the message names it and its file; WEIR_DEBUG=1 shows where.",
  ),
  entry(
    "bad-node",
    EXIT.failure,
    "A node gave other values than it declares.",
    "It is a mistake of the node: tell its author what the message says.",
  ),
  entry(
    "bad-expansion",
    EXIT.failure,
    "A node made nodes that cannot run: an id that is taken, a class that is not there, a link to nothing, a circle.",
    "It is a mistake of the node, or a loop that does not end; the message names the node it made.",
  ),
  entry(
    "empty-list",
    EXIT.failure,
    "A node was given a list with nothing in it.",
    "Look at what makes the list: it found nothing.",
  ),
  entry(
    "invalid-workflow",
    EXIT.invalidWorkflow,
    "The workflow does not pass validation.",
    "Each line names a node, an input and what would do.",
  ),
  entry(
    "missing-model",
    EXIT.missingModel,
    "A model or picture that the workflow names is not in its folder.",
    "Put it there, or choose one of those listed; `weir pull klein-4b` fetches a set of models (docs/models.md).",
  ),

  // Files of weights and pictures.
  entry("cannot-open", EXIT.failure, "A file cannot be opened.", "Check that it is there and may be read."),
  entry("corrupt-file", EXIT.failure, "A file contradicts itself or ends early.", "Get the file again."),
  entry(
    "wrong-format",
    EXIT.failure,
    "A file is of another format than its place asks for.",
    "The message says what it is.",
  ),
  entry("unsupported-format", EXIT.failure, "A file's format is known but not read.", "Convert it."),
  entry(
    "unsupported-encoding",
    EXIT.failure,
    "Weights are stored in an encoding that is not computed with.",
    "Choose another file of the model.",
  ),
  entry(
    "too-large",
    EXIT.failure,
    "A file is beyond the limits set for strangers' files.",
    "The message gives the limit.",
  ),
  entry(
    "missing-tensor",
    EXIT.failure,
    "A file lacks a tensor that is asked for.",
    "Get the file again, or another of its kind.",
  ),
  entry("file-changed", EXIT.failure, "A file changed while it was in use.", "Run again."),
  entry("read-failed", EXIT.failure, "The system did not give a file's bytes.", "Check the disk or the network drive."),
  entry(
    "write-failed",
    EXIT.failure,
    "A file could not be written; what was there is untouched.",
    "Check space and permissions.",
  ),
  entry("bad-text", EXIT.failure, "Text that a picture cannot carry.", "The message names the text."),
  entry("system", EXIT.failure, "The system refused something.", "The message is the system's own."),

  // Models and their inputs.
  entry(
    "wrong-model",
    EXIT.failure,
    "A file holds another kind of model than its node loads.",
    "Choose another file; the message says what it looks like.",
  ),
  entry(
    "broken-model",
    EXIT.failure,
    "A model lacks tensors, or their shapes do not fit together.",
    "Get the file again.",
  ),
  entry(
    "wrong-lora",
    EXIT.failure,
    "A LoRA has no layer of the model it was put on.",
    "Choose a LoRA for that model; the message says what it is made for.",
  ),
  entry("bad-tokenizer", EXIT.failure, "A tokenizer cannot be used.", "Get the text encoder again, or choose another."),
  entry(
    "bad-model-input",
    EXIT.failure,
    "A picture, latent or text that the model cannot take.",
    "The message gives the sizes.",
  ),
  entry("unknown-sampler", EXIT.failure, "No sampler has this name.", "The message lists those there are."),
  entry("unknown-scheduler", EXIT.failure, "No scheduler has this name.", "The message lists those there are."),
  entry(
    "not-a-number",
    EXIT.failure,
    "The model predicts no numbers, and the sampler chooses its steps by them.",
    "Try another sampler, or `--force-fp32`.",
  ),
  entry(
    "bad-area",
    EXIT.failure,
    "A conditioning's area lies outside the picture.",
    "Move the area, or make the picture larger.",
  ),
  entry("bad-seed", EXIT.failure, "A seed that the noise cannot be made from.", "Choose a smaller seed."),

  entry(
    "bad-node-input",
    EXIT.failure,
    "A node was given what it cannot work with.",
    "The message names both and what would do.",
  ),
  entry("shape-mismatch", EXIT.failure, "Sizes do not fit together.", "The message names both."),
  entry(
    "not-supported",
    EXIT.failure,
    "A choice that ComfyUI has and Weir does not have yet.",
    "The message says what there is instead.",
  ),
  entry(
    "missing-file",
    EXIT.missingModel,
    "A file left its folder after the workflow was checked.",
    "Put it back; the message lists what is there.",
  ),

  // Pictures that leave.
  entry(
    "output-unwritable",
    EXIT.failure,
    "The output folder cannot be written.",
    "Choose another with `--output-directory`.",
  ),
  entry("output-escape", EXIT.failure, "A file name leads out of the output folder.", "Use a name, or folder/name."),
  entry(
    "disk-full",
    EXIT.failure,
    "The disk is full; no half picture is left.",
    "Make room, or choose another `--output-directory`.",
  ),

  // weir pull.
  entry(
    "hub-unreachable",
    EXIT.failure,
    "The Hub does not answer, or not as it should, after several tries.",
    "Run the same command again: what was fetched is kept. Check HF_ENDPOINT and HTTPS_PROXY.",
  ),
  entry(
    "access-denied",
    EXIT.failure,
    "The Hub gives a repo to some users only.",
    "Accept its terms on the page that the message names, and set HF_TOKEN.",
  ),
  entry(
    "not-on-hub",
    EXIT.missingModel,
    "The Hub has no such repo, revision or file.",
    "Choose one of those listed; set HF_TOKEN if the repo is private.",
  ),
  entry(
    "bad-hub-reply",
    EXIT.failure,
    "A server answers what cannot be true: a path, a size, a redirect.",
    "Nothing of it was used. Check HF_ENDPOINT.",
  ),
  entry(
    "checksum-mismatch",
    EXIT.failure,
    "A download came whole and is not the file: its checksum is another.",
    "It was thrown away; run again.",
  ),
  entry(
    "file-in-the-way",
    EXIT.failure,
    "Another file has the name, or another process fetches it.",
    "Move it away, wait, or choose another place with `--to`; `weir quantize` takes `--overwrite`.",
  ),
  entry(
    "no-disk-space",
    EXIT.failure,
    "The disk has no room for a download or a converted file; what was fetched is kept.",
    "Make room, or choose another disk (`--to`).",
  ),

  // Converting.
  entry(
    "bad-values",
    EXIT.failure,
    "A weight is no number, or larger than the encoding holds; the message names its tensor and place.",
    "Get the file again, or take another `--type`.",
  ),
  entry(
    "already-quantised",
    EXIT.usage,
    "The input of `weir quantize` is quantised itself.",
    "Start from the 16-bit file, or say `--allow-requantize`.",
  ),
  entry(
    "encoder-died",
    EXIT.failure,
    "The process that encodes ended by itself; the message says at which tensor.",
    "Fewer `--threads` if the system ended it; else another `--type`.",
  ),

  // Memory.
  entry(
    "does-not-fit",
    EXIT.doesNotFit,
    "The workflow cannot run within `--vram` or `--vram-weights`.",
    "The message names the flag and the smallest value that does.",
  ),
  entry(
    "budget-too-small",
    EXIT.doesNotFit,
    "One stage's weights do not fit the budget in force.",
    "Raise `--vram` or `--vram-weights`.",
  ),
  entry("room-is-leased", EXIT.doesNotFit, "What computes now holds the room that a stage needs.", "Raise `--vram`."),
  entry(
    "reserve-too-large",
    EXIT.doesNotFit,
    "What the device takes for itself passes `--vram` alone.",
    "Raise `--vram`.",
  ),
  entry(
    "weight-too-large",
    EXIT.doesNotFit,
    "A weight is larger than any buffer of the device.",
    "Use another device or a smaller encoding.",
  ),
  entry(
    "device-full",
    EXIT.doesNotFit,
    "The device has less room than the budget promised.",
    "Close other programs, or lower `--vram`.",
  ),
  entry(
    "out-of-device-memory",
    EXIT.doesNotFit,
    "The device refused memory that the budget allows.",
    "Close other programs, or lower `--vram`.",
  ),
  entry(
    "out-of-host-memory",
    EXIT.failure,
    "The machine itself has no memory left, beside the device's.",
    "Close other programs.",
  ),
  entry("upload-failed", EXIT.failure, "The device failed to take a weight.", "Run again; try `--device cpu`."),
  entry("unknown-weight", EXIT.failure, "A model was closed while something used it.", "Run again."),

  // The server.
  entry(
    "address-in-use",
    EXIT.failure,
    "The port of `weir serve` is taken.",
    "Stop what has it, or choose another `--port`.",
  ),
  entry(
    "cannot-listen",
    EXIT.failure,
    "The address of `weir serve` cannot be listened on.",
    "The message is the system's own; check `--listen`, `--port` and the TLS files.",
  ),
  entry(
    "folder-in-use",
    EXIT.failure,
    "Another `weir serve` uses the same user folder.",
    "Stop it, or choose another `--user-directory`.",
  ),
  entry(
    "broken-queue",
    EXIT.failure,
    "The file of the queue and the history cannot be used.",
    "Move it away to start with an empty one; the message names it.",
  ),
  entry(
    "no-front-end",
    EXIT.usage,
    "The folder of `--front-end-root` holds no page.",
    "Name the folder that has index.html.",
  ),

  // Devices and the engine.
  entry("device-not-found", EXIT.usage, "There is no device of that name.", "The message lists those there are."),
  entry(
    "ggml-not-found",
    EXIT.failure,
    "The compute library is not installed for this platform.",
    "Install the package that the message names.",
  ),
  entry("ggml-version", EXIT.failure, "The compute library is of another version.", "Run `npm install` again."),
  entry("unsupported-op", EXIT.failure, "The device cannot do something the model needs.", "Try `--device cpu`."),
  entry("compute-failed", EXIT.failure, "The device could not compute.", "Run again; try `--device cpu`."),
  entry(
    "engine-died",
    EXIT.failure,
    "The engine process died twice; the message says how and in which stage.",
    "Try a smaller `--vram` or `--device cpu`.",
  ),
  entry("internal", EXIT.failure, "A mistake of Weir's own.", "Report it, with what WEIR_DEBUG=1 prints."),
];

/** For `weir --help`. */
export const catalogueHelp = `Exit codes:
  0    done
  1    failed while running
  2    the command line is wrong
  3    the workflow is not valid
  4    it does not fit into the memory it may use
  5    a model or picture is missing
  130  stopped by Ctrl-C`;
