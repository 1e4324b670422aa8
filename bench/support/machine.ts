import { arch, cpus, platform, totalmem } from "node:os";

/** The machine in words: what figures depend on, and nothing that names it. */
export function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, ${memory} GiB, ${platform()} ${arch()}, Node ${process.versions.node}`;
}
