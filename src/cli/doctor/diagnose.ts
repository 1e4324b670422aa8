import { exitCodeOf } from "../errors.ts";
import type { ExitCode } from "../exitCodes.ts";
import type { Facts } from "./facts.ts";

/** Something that is missing or wrong. */
export interface Problem {
  /** `true`: no picture can be made here until it is mended. */
  readonly fatal: boolean;
  /** Of docs/errors.md, where a run would fail with it. */
  readonly code: string | null;
  readonly what: string;
  /** A command, where one helps; else what to do, in words. */
  readonly help: string;
}

/** What is missing, worst first. Pure: all of it follows from the facts. */
export function diagnose(facts: Facts): readonly Problem[] {
  const found: Problem[] = [];
  const fatal = (code: string, what: string, help: string) => found.push({ fatal: true, code, what, help });
  const hint = (what: string, help: string) => found.push({ fatal: false, code: null, what, help });
  const { node, packages, probed, vulkan, graphics, folders } = facts;
  const report = probed.report ?? probed.withoutGpu;
  const chosenKind = report?.devices.find((device) => device.id === report.chosen?.id)?.kind;

  if (!node.ok)
    fatal("usage", `Node ${node.version} is too old: ${node.needed} is needed`, "install it from https://nodejs.org");
  if (probed.death) {
    const said = probed.death.output.at(-1);
    const words = said === undefined ? "" : `; it said: ${said}`;
    const driver = probed.withoutGpu?.chosen
      ? "without any GPU it works, so a graphics driver does it: update the driver, or hide it with VK_LOADER_DRIVERS_DISABLE='*' CUDA_VISIBLE_DEVICES='' weir ..."
      : "install the package again, or name another build of ggml in WEIR_GGML_DIR";
    fatal("engine-died", `the compute library died while it looked for devices (${probed.death.how})${words}`, driver);
  }
  const error = probed.report?.error;
  if (error?.code === "ggml-not-found") {
    const wanted = packages.known.find((name) => !name.endsWith("cuda"));
    const help =
      facts.environment["WEIR_GGML_DIR"] !== undefined
        ? "correct WEIR_GGML_DIR, or unset it"
        : wanted
          ? `npm install @node-llama-cpp/${wanted}@${packages.version}`
          : "name a folder with the shared libraries of ggml 0.23.0 in WEIR_GGML_DIR";
    fatal(error.code, error.message, help);
  } else if (error) {
    fatal(error.code, error.message, error.code === "ggml-version" ? "npm install" : "see docs/errors.md");
  }
  if (!folders.output.writable)
    fatal("output-unwritable", `${folders.output.path} cannot be written`, "weir run ... --output-directory DIR");

  for (const warning of report?.warnings ?? []) hint(warning, "unset WEIR_GGML_DIR to use the package");
  if (graphics?.includes("nvidia") && !facts.nvidiaDriver)
    hint("there is an NVIDIA card and no driver of its maker", "install NVIDIA's driver for this system");
  const cuda = packages.known.find((name) => name.endsWith("cuda"));
  if (facts.nvidiaDriver && cuda && !packages.installed.includes(cuda))
    hint(
      "there is an NVIDIA driver, and CUDA is not installed",
      `npm install @node-llama-cpp/${cuda}@${packages.version}`,
    );
  const gpu = graphics === null || graphics.length > 0;
  if (vulkan && gpu && chosenKind === "cpu" && facts.device === null) {
    if (vulkan.loader === null) hint("there is no Vulkan loader, so the GPU is not used", installVulkan(facts));
    else if (graphics !== null && vulkan.drivers.length === 0)
      hint("there is a Vulkan loader and no driver for it", installVulkan(facts));
  }
  if (folders.models.every(({ files }) => files.length === 0))
    hint(
      `there are no models in ${folders.base}`,
      "weir pull klein-4b fetches a set (docs/models.md); or put some into models/diffusion_models, models/text_encoders and models/vae, or give --base-directory; weir demo has its own",
    );
  return found;
}

function installVulkan({ installer, platform, graphics }: Facts): string {
  if (platform.startsWith("win32")) return "install the driver of the card's maker; it brings Vulkan along";
  switch (installer) {
    case "apt":
      return "sudo apt install libvulkan1 mesa-vulkan-drivers";
    case "dnf":
      return "sudo dnf install vulkan-loader mesa-vulkan-drivers";
    case "pacman":
      return `sudo pacman -S vulkan-icd-loader ${graphics?.includes("nvidia") ? "nvidia-utils" : graphics?.includes("intel") ? "vulkan-intel" : "vulkan-radeon"}`;
    case null:
      return "install the Vulkan loader and the driver of the card's maker";
  }
}

/** What `weir doctor` returns: that of the first thing that keeps a picture from being made. */
export function exitOf(problems: readonly Problem[]): ExitCode {
  const first = problems.find(({ fatal }) => fatal);
  return first ? exitCodeOf(first.code ?? undefined) : 0;
}
