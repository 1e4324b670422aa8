import { openSafetensors } from "../../../src/formats/safetensors.ts";
import type { KindRunner } from "../kindRunner.ts";
import { addLora } from "../loraCase.ts";
import { param } from "../params.ts";
import { demoKlein, demoPicture } from "./demoKlein.ts";

/** The demo's prompt to picture under its LoRA. */
export const demoLora: KindRunner = {
  ...demoKlein,
  kind: "demo.lora",
  run: (golden, device) =>
    demoPicture(golden, device, async (model) => {
      const source = await openSafetensors(golden.find(param(golden, "lora", "string")));
      return (await addLora(device, model, undefined, source, param(golden, "lora_strength", "number"))).adapters;
    }),
};
