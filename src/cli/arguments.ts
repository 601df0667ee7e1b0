// Values of command line options.
import { PARALLELISM } from '../plan/config.ts';
import { UsageError } from './exit-status.ts';

/** What -D and --parallelism set; the last word is --parallelism's. @throws UsageError */
export function jobOptions(args: {
  readonly D: readonly string[];
  readonly parallelism?: number;
}): Map<string, string> {
  const options = parseProperties(args.D);
  if (args.parallelism !== undefined) options.set(PARALLELISM.key, String(args.parallelism));
  return options;
}

/** `-D key=value`, repeated; the last one wins. @throws UsageError without a key or `=` */
export function parseProperties(pairs: readonly string[]): Map<string, string> {
  const properties = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, at)).trim();
    if (key === '') throw new UsageError(`-D takes key=value, but was given '${pair.slice(0, 40)}'.`);
    properties.set(key, pair.slice(at + 1).trim());
  }
  return properties;
}
