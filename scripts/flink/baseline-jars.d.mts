export function ensureBaselineJars(say?: (line: string) => void): string[];
