import { element } from "./element.ts";
import { formatBytes } from "./formatBytes.ts";

/** What is read of GET /weir/memory, in bytes. */
export interface MemoryStats {
  readonly device: { readonly description: string; readonly unified: boolean };
  readonly vram: {
    readonly budget: number;
    readonly used: number;
    readonly peak: number;
    readonly byKind: Readonly<Record<string, { readonly used: number }>>;
  };
  readonly ram?: { readonly budget: number; readonly used: number; readonly cached: number };
  readonly counters: { readonly movedBytes: number };
}

/** Tiers with their budgets. In VRAM weights stay until something else needs the room; copies in RAM are a cache, told apart from what is in use. */
export function memoryPanel(stats: MemoryStats | null): Node[] {
  if (stats === null) return [element("p", { class: "empty" }, "Known when the engine is up.")];
  const { vram, ram, device, counters } = stats;
  const weights = vram.byKind["weights"]?.used ?? 0;
  const tiers = [
    tier(device.unified ? "Memory" : "VRAM", vram.used, vram.budget, [
      { bytes: Math.max(0, vram.used - weights), label: "work memory", second: false },
      { bytes: weights, label: "weights", second: true },
    ]),
  ];
  if (ram !== undefined) {
    const { cached } = ram;
    tiers.push(
      tier("RAM", ram.used, ram.budget, [
        { bytes: Math.max(0, ram.used - cached), label: "in use", second: false },
        { bytes: cached, label: "cached weights, given back on demand", second: true },
      ]),
    );
  }
  const facts = `at most ${formatBytes(vram.peak)} so far, ${formatBytes(counters.movedBytes)} moved`;
  return [...tiers, element("div", { class: "tier" }, element("small", {}, facts))];
}

interface Part {
  readonly bytes: number;
  readonly label: string;
  readonly second: boolean;
}

function tier(name: string, used: number, budget: number, parts: readonly Part[]): HTMLElement {
  const shares = parts.map(({ bytes, second }) => {
    const share = element("i", second ? { class: "second" } : {});
    share.style.width = `${budget === 0 ? 0 : (bytes / budget) * 100}%`;
    return share;
  });
  const text = `${formatBytes(used)} of ${formatBytes(budget)}`;
  const bar = element("div", { class: "bar", role: "img", "aria-label": `${name}: ${text}` }, ...shares);
  const legend = parts.map(({ bytes, label }) => `${formatBytes(bytes)} ${label}`).join(", ");
  return element(
    "div",
    { class: "tier" },
    element("p", {}, element("span", {}, name), element("span", {}, text)),
    bar,
    element("small", {}, legend),
  );
}
