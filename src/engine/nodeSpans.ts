import type { Tracer } from "../runtime/trace.ts";

/** Spans of nodes from the moments at which they begin: one ends where the next begins, or the job does. */
export function nodeSpans(tracer: Tracer): { begin(node: string, classType: string): void; end(): void } {
  let open: { readonly name: string; readonly start: number } | undefined;
  const end = () => {
    if (open) tracer.add({ track: "nodes", name: open.name, start: open.start, end: tracer.now() });
    open = undefined;
  };
  return {
    begin(node, classType) {
      end();
      open = { name: `${classType} (node ${node})`, start: tracer.now() };
    },
    end,
  };
}
