import type { Bench } from "./bench.ts";
import { acquiring } from "./cases/acquiring.ts";
import { bareGgml } from "./cases/bareGgml.ts";
import { bigModel } from "./cases/bigModel.ts";
import { dynamicOverStatic } from "./cases/dynamicOverStatic.ts";
import { filePool } from "./cases/filePool.ts";
import { peers } from "./cases/peers.ts";
import { pictures } from "./cases/pictures.ts";
import { registering } from "./cases/registering.ts";
import { startup } from "./cases/startup.ts";
import { streaming } from "./cases/streaming.ts";

/** Every benchmark, in the order of the table. */
export const benches: readonly Bench[] = [
  registering,
  acquiring,
  bareGgml,
  dynamicOverStatic,
  streaming,
  filePool,
  bigModel,
  startup,
  pictures,
  peers,
];
