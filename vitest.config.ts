import { defineConfig } from "vitest/config";

// Two cores and native threads inside the tests: files run one after another in forked processes of their own, so that a native
// abort in one of them is an error of that file and not of the run.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
