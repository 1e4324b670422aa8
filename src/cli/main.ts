#!/usr/bin/env node
import { processIo } from "./processIo.ts";
import { runCli } from "./runCli.ts";

// The only place that exits. What is still in a pipe leaves first: the code is set, and the process ends by itself.
process.exitCode = await runCli(process.argv.slice(2), { io: processIo() });
