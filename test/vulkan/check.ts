/** One thing that is checked on the device. Resolves with what was seen, in a line; throws where it does not hold. */
export interface Check {
  readonly name: string;
  run(): Promise<string>;
}
