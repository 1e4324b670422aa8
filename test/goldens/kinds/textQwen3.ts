import { param } from "../params.ts";
import { textEncoder } from "./textEncoder.ts";

export const textQwen3 = textEncoder("text.qwen3", (golden) => ({ pad: param(golden, "pad", "number") }));
