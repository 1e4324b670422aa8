import { byteLength } from "../tensor/dtype.ts";
import type { Program } from "../tensor/program.ts";
import type { PassDef } from "../tensor/stage.ts";

/** Where each carried tensor of a pass lies in one buffer. */
export interface CarriedPlan {
  readonly bytes: number;
  readonly offsets: ReadonlyMap<string, number>;
}

/**
 * Lays out the tensors that stages hand on. One lives from the stage that writes it (inputs: from the start, late ones from the first stage
 * that reads them) to the last stage that reads it (outputs: to the end, early ones not), both included: what a stage reads outlives the stage, so a failed one can run again. Two tensors share
 * bytes only if their lives do not touch. First fit over tensors in order of birth; a pass has few, so n^2 is fine.
 */
export function planCarried(pass: PassDef, programs: readonly Program[], alignment: number): CarriedPlan {
  const lives = new Map<string, { birth: number; death: number }>();
  const late = new Set(pass.late);
  const early = new Set(pass.early);
  for (const name of pass.inputs) if (!late.has(name)) lives.set(name, { birth: -1, death: -1 });
  programs.forEach((program, stage) => {
    for (const name of program.reads) {
      if (late.has(name) && !lives.has(name)) lives.set(name, { birth: stage, death: stage });
      const life = lives.get(name);
      if (!life) throw new Error(`invariant: ${program.name} reads ${name}, which nothing has written`);
      life.death = stage;
    }
    for (const name of program.writes) {
      if (lives.has(name)) throw new Error(`invariant: ${program.name} writes ${name}, which is written already`);
      lives.set(name, { birth: stage, death: stage });
    }
  });
  for (const name of pass.outputs) {
    const life = lives.get(name);
    if (!life) throw new Error(`invariant: no stage writes the output ${name}`);
    if (!early.has(name)) life.death = programs.length;
  }
  const placed: { offset: number; end: number; birth: number; death: number }[] = [];
  const offsets = new Map<string, number>();
  for (const [name, { birth, death }] of [...lives].sort((a, b) => a[1].birth - b[1].birth)) {
    const size = Math.ceil(byteLength(pass.carried[name]!) / alignment) * alignment;
    const neighbours = placed.filter((p) => p.birth <= death && birth <= p.death).sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of neighbours) {
      if (offset + size <= other.offset) break;
      offset = Math.max(offset, other.end);
    }
    placed.push({ offset, end: offset + size, birth, death });
    offsets.set(name, offset);
  }
  return { bytes: Math.max(alignment, ...placed.map((p) => p.end)), offsets };
}
