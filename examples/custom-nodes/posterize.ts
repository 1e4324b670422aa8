import { input, kinds, node } from "weir";

/** Pictures with few brightnesses per channel: values go to the nearest of `levels` steps from 0 to 1; alpha stays. */
export const Posterize = node({
  name: "ExamplePosterize",
  displayName: "Posterize",
  category: "examples",
  description: "Leaves so many brightnesses in each colour.",
  inputs: {
    image: kinds.IMAGE.link(),
    levels: input.int({ default: 4, min: 2, max: 256, display: "slider" }),
  },
  outputs: { IMAGE: kinds.IMAGE.output },
  execute({ image, levels }, { progress, signal }) {
    const { channels, data } = image;
    const steps = levels - 1;
    // What flows between nodes is never changed: others may read it too.
    const made = Float32Array.from(data, (value, i) =>
      channels === 4 && i % 4 === 3 ? value : Math.round(value * steps) / steps,
    );
    signal.throwIfAborted();
    progress(1, 1);
    return { IMAGE: { ...image, data: made } };
  },
});
