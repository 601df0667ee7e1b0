// The version of Drey, from its package.json.
import { existsSync, readFileSync } from 'node:fs';

/** A build that stands alone has it put here. */
declare const DREY_VERSION: string | undefined;

/** `0.1.0` */
export const VERSION = typeof DREY_VERSION === 'string' ? DREY_VERSION : readVersion();

function readVersion(): string {
  // Built, the code lies in dist/; from source in src/types/.
  for (const place of ['../package.json', '../../package.json']) {
    const file = new URL(place, import.meta.url);
    if (!existsSync(file)) continue;
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (name === 'drey' && version !== undefined) return version;
  }
  throw new Error('package.json of drey is missing beside its code.');
}
