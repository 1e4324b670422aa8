import { E2M1, E4M3, E5M2, E8M0 } from "../../../src/formats/fp8.ts";
import { type KindRunner, row } from "../kindRunner.ts";

export const quantFp8Tables: KindRunner = {
  kind: "quant.fp8_tables",
  async run() {
    const values = { "out.e4m3fn": row(E4M3), "out.e5m2": row(E5M2), "out.e8m0fnu": row(E8M0), "out.e2m1": row(E2M1) };
    return { values };
  },
};
