import { element } from "./element.ts";

/** What runs now, as far as this page is told: progress of prompts that other programs sent goes to those alone. */
export interface Running {
  readonly id: string;
  readonly about: string;
  /** The node's title. */
  node: string;
  value: number;
  max: number;
  /** An object URL. */
  preview: string | null;
}

export function nowPanel(running: Running | null, last: string | null, stop: (id: string) => void): Node[] {
  if (running === null) {
    return [element("p", last === null ? { class: "empty" } : { class: "failed" }, last ?? "Nothing runs.")];
  }
  const { id, about, node, value, max, preview } = running;
  const button = element("button", { class: "quiet", type: "button" }, "Stop");
  button.onclick = () => stop(id);
  const steps = max > 0 ? ` ${value} of ${max}` : "";
  const panel = element(
    "div",
    { class: "running" },
    element("p", {}, about),
    element("div", { class: "line" }, element("span", {}, `${node}${steps}`), button),
    max > 0 ? element("progress", { value, max, "aria-label": node }) : element("progress", { "aria-label": node }),
  );
  if (preview !== null) panel.append(element("img", { src: preview, alt: "how far the picture is" }));
  return [panel];
}
