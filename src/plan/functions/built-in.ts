// Every built-in function and operator, by family.
import type { ScalarFunction } from '../rex.ts';

export const BUILT_IN: readonly ScalarFunction[] = [];
