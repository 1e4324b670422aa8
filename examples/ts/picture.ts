import { demo, openWeir } from "weir";

const weir = await openWeir({ baseDirectory: demo.baseDirectory, outputDirectory: "pictures", vram: "8GB" });
const { images } = await weir.run(demo.workflow, {
  prompt: "a big yellow star in a night sky",
  seed: 7,
  signal: AbortSignal.timeout(600_000),
  onEvent: (event) => event.kind === "progress" && console.log(`step ${event.value} of ${event.max}`),
});
console.log(images[0]?.path);
await weir.close();
