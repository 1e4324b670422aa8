/** Whether a line of what is missing is of a picture, which nothing fetches, and not of a model. */
export const isPictureLine = (line: string): boolean => /^node \S+ \(LoadImage/.test(line);
