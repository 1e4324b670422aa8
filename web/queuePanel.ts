import { element } from "./element.ts";

export interface Waiting {
  readonly id: string;
  readonly about: string;
}

export function queuePanel(waiting: readonly Waiting[], cancel: (id: string) => void): Node[] {
  if (waiting.length === 0) return [element("li", { class: "empty" }, "Nothing waits.")];
  return waiting.map(({ id, about }) => {
    const button = element("button", { class: "quiet", type: "button", "aria-label": `Cancel: ${about}` }, "Cancel");
    button.onclick = () => cancel(id);
    return element("li", {}, element("span", { title: about }, about), button);
  });
}
