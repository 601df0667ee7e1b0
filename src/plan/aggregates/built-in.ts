// The aggregate functions; a new one is an entry here.
import type { AggregateFunction } from '../aggregate-call.ts';
import { COLLECT, LISTAGG } from './collect.ts';
import { COUNT } from './count.ts';
import { FIRST_VALUE, LAST_VALUE } from './first-last.ts';
import { MAX, MIN } from './min-max.ts';
import { AVG, SUM } from './sum.ts';

export const AGGREGATES: ReadonlyMap<string, AggregateFunction> = new Map(
  [COUNT, SUM, AVG, MIN, MAX, FIRST_VALUE, LAST_VALUE, COLLECT, LISTAGG].map((fn) => [fn.name, fn]),
);
