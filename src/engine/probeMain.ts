import { probe } from "./probe.ts";

/** The process of `probeDevices`: looks, tells, ends. */
process.on("message", async (message: { readonly device?: string }) => {
  const report = await probe(message.device);
  process.send!(report, () => process.disconnect());
});
