import type { Breadcrumb } from "./breadcrumb.ts";

/** Where a node failed, a line each, the innermost last: what ComfyUI's traceback is to a user, without files and lines. */
export function whereOf(node: string, classType: string, crumb: Breadcrumb): readonly string[] {
  const inside = crumb.node === node && crumb.stage !== "" ? [`stage ${crumb.stage} of ${crumb.model}`] : [];
  return [`node ${node} (${classType})`, ...inside];
}
