// The functions that SQL can call, by name. A user's functions are registered beside the built-in ones.
import type { ScalarFunction } from '../rex.ts';
import { BUILT_IN } from './built-in.ts';

/** Functions by upper-case name; names are matched case-insensitively. */
export class FunctionCatalog {
  readonly #functions = new Map<string, ScalarFunction>();
  readonly #parent: FunctionCatalog | undefined;

  /** @param parent asked for what this catalog does not have; its functions can be replaced */
  constructor(parent?: FunctionCatalog) {
    this.#parent = parent;
  }

  /** Adds a function under its name and aliases; one of the same name is replaced. */
  register(fn: ScalarFunction): this {
    for (const name of [fn.name, ...(fn.aliases ?? [])]) this.#functions.set(name.toUpperCase(), fn);
    return this;
  }

  lookup(name: string): ScalarFunction | undefined {
    return this.#functions.get(name.toUpperCase()) ?? this.#parent?.lookup(name);
  }

  /** All names, aliases included, sorted; operators that are no words are left out. */
  names(): string[] {
    const names = new Set<string>(this.#parent?.names());
    for (const name of this.#functions.keys()) if (/^[A-Z]\w*$/.test(name)) names.add(name);
    return [...names].sort();
  }
}

/** The built-in functions; do not register here but in a catalog with this one as parent. */
export const builtInFunctions: FunctionCatalog = BUILT_IN.reduce(
  (catalog, fn) => catalog.register(fn),
  new FunctionCatalog(),
);

/** A built-in function. */
export function lookupFunction(name: string): ScalarFunction | undefined {
  return builtInFunctions.lookup(name);
}

/** Names of the built-in functions, sorted. */
export function functionNames(): string[] {
  return builtInFunctions.names();
}
