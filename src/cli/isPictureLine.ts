/** Whether a line of what is missing is of a picture or a latent, which nothing fetches, and not of a model. */
export const isPictureLine = (line: string): boolean => /^node \S+ \(Load(?:Image|Latent)/.test(line);
