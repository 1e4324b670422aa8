import { element } from "./element.ts";

/** A picture as GET /api/jobs names it. */
export interface Picture {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
}

export function picturesPanel(pictures: readonly Picture[]): Node[] {
  if (pictures.length === 0) return [element("li", { class: "empty" }, "None yet.")];
  return pictures.map((picture) => {
    const { filename, subfolder, type } = picture;
    const address = `view?${new URLSearchParams({ filename, subfolder, type })}`;
    const image = element("img", { src: `${address}&preview=webp%3B85`, alt: filename, loading: "lazy" });
    return element("li", {}, element("a", { href: address, target: "_blank", title: filename }, image));
  });
}
