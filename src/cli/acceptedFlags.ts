import { type Command, Option } from "commander";

/**
 * Flags of ComfyUI that change nothing here, so that a command line written for it runs: flag, and why it is not needed. Each is told once
 * on stderr. Source: comfyui-api.md, "Command line".
 */
export const ACCEPTED_FLAGS: Readonly<Record<string, string>> = {
  "--enable-dynamic-vram": "weights move as they are needed unless --disable-dynamic-vram says otherwise",
  "--async-offload [streams]": "what comes next is always uploaded while the device computes",
  "--disable-async-offload": "uploads always overlap the compute; a small window takes that away where memory is short",
  "--fast-disk": "weights are always read from disk as they are needed, as far as RAM does not hold them",
  "--disable-pinned-memory": "pinned memory is used only where the device offers it",
  "--disable-smart-memory": "weights leave when something else needs the room",
  "--high-ram": "RAM is used as far as it is free",
  "--use-pytorch-cross-attention": "attention is ggml's; there is one kind of it",
  "--use-split-cross-attention": "attention is split by itself where a device needs it",
  "--force-fp16": "weights are computed with in the encoding their file has; --force-fp32 is there for exact numbers",
  "--deterministic": "the same command makes the same bytes on the same device anyway",
  "--default-device <index>": "use --device, which takes names; `weir doctor` lists them",
};

/** Makes them known to a command, hidden from its help. */
export function addAcceptedFlags(command: Command): void {
  command.addOption(new Option("--gpu-only", "the same as --highvram").hideHelp());
  for (const [flag, reason] of Object.entries(ACCEPTED_FLAGS)) {
    const option = new Option(flag, reason).hideHelp();
    command.addOption(option);
    command.on(`option:${option.name()}`, () => {
      command.configureOutput().writeErr?.(`weir: ${option.long} has no effect: ${reason}\n`);
    });
  }
}
