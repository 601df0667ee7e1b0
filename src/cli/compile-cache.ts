// Code compiled once for all starts of `drey`.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Keeps what V8 compiles under `$XDG_CACHE_HOME/drey` (default `~/.cache/drey`), which takes a fifth off the start. Not in the
 * system's temporary folder, Node's default: what another user puts there would run here. Without a home, or where the folder
 * cannot be written, the code is compiled as ever; NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
export function cacheCompiledCode(): void {
  const { XDG_CACHE_HOME: caches, HOME: home } = process.env;
  if (caches) enableCompileCache(join(caches, 'drey'));
  else if (home) enableCompileCache(join(home, '.cache', 'drey'));
}
