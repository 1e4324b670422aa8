import { formatBytes } from "../../runtime/formatBytes.ts";
import type { DeviceInfo } from "../../tensor/backend.ts";
import type { Problem } from "./diagnose.ts";
import type { Facts, ModelFile } from "./facts.ts";

/** Files of one folder that are named; more are counted. */
const NAMED = 6;

/** What `weir doctor` prints: a line a fact, then what is missing and what helps. */
export function describe(facts: Facts, problems: readonly Problem[]): string {
  const { probed, packages, folders } = facts;
  const report = probed.report ?? probed.withoutGpu;
  const rows: (readonly [string, string])[] = [
    ["weir", `${facts.weir} on Node ${facts.node.version} (needs ${facts.node.needed}), ${facts.platform}`],
    ["processor", `${facts.processor.model}, ${facts.processor.cores} cores`],
    ["memory", `${formatBytes(facts.memory.free)} of ${formatBytes(facts.memory.total)} free`],
  ];
  const library = report?.library;
  if (library) {
    const from = library.packageName ?? "WEIR_GGML_DIR";
    rows.push(["library", `ggml ${library.version} (${library.commit}) of ${from}`], ["", library.dir]);
  } else rows.push(["library", "none"]);
  rows.push([
    "packages",
    packages.known.length === 0
      ? `no build is known for ${facts.platform}`
      : packages.known.map((name) => `${name}${packages.installed.includes(name) ? " (installed)" : ""}`).join(", "),
  ]);
  if (facts.vulkan) {
    const drivers = facts.vulkan.drivers.map((path) => path.split(/[\\/]/).at(-1)).join(", ");
    rows.push([
      "vulkan",
      facts.vulkan.loader === null ? "no loader" : `${facts.vulkan.loader}${drivers === "" ? "" : `; ${drivers}`}`,
    ]);
  }
  if (facts.graphics) rows.push(["graphics", facts.graphics.length === 0 ? "no card" : facts.graphics.join(", ")]);
  for (const [name, value] of Object.entries(facts.environment)) rows.push(["set", `${name}=${value}`]);

  const devices = (report?.devices ?? []).map((device) => describeDevice(device, facts));
  const models = folders.models.map(({ folder, files }) => [folder, describeFiles(files)] as const);
  const parts = [
    table(rows),
    "Devices, the one that would be used with a star:",
    devices.length === 0 ? "  none" : devices.join("\n"),
    ...(report?.chosen ? [`  ${why(facts, report.chosen)}`] : []),
    `Models in ${folders.base}:`,
    table(models),
  ];
  if (problems.length === 0) return `${parts.join("\n")}\n\nNothing is missing.\n`;
  const told = problems.map(({ fatal, what, help }) => `  ${fatal ? "error" : "hint"}: ${what}\n         ${help}`);
  return `${parts.join("\n")}\n\n${told.join("\n")}\n`;
}

function describeDevice(device: DeviceInfo, { probed }: Facts): string {
  const { id, description, unified, memoryFree, memoryTotal } = device;
  const star = (probed.report ?? probed.withoutGpu)?.chosen?.id === id ? "*" : " ";
  const kind = unified
    ? "shares the machine's memory"
    : `${formatBytes(memoryFree)} of ${formatBytes(memoryTotal)} free`;
  return `${star} ${id}  ${description}, ${kind}`;
}

function why(facts: Facts, chosen: { readonly id: string; readonly vram: number }): string {
  const kind = (facts.probed.report ?? facts.probed.withoutGpu)?.devices.find((d) => d.id === chosen.id)?.kind;
  const reason =
    facts.device !== null
      ? `--device ${facts.device} names it`
      : kind === "cpu"
        ? "no GPU answers"
        : "it is the best there is (CUDA, Metal, Vulkan, CPU)";
  return `${chosen.id}: ${reason}; at most ${formatBytes(chosen.vram)} of its memory, or what --vram says`;
}

function describeFiles(files: readonly ModelFile[]): string {
  if (files.length === 0) return "none";
  const named = files.slice(0, NAMED).map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`);
  return [...named, ...(files.length > NAMED ? [`and ${files.length - NAMED} more`] : [])].join(", ");
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}
