// The result of a SELECT, handed to whoever asked for it.
import type { Operator, Output } from '../operator.ts';
import { emit } from './calc.ts';

export function collectOperator(collect: Output): Operator {
  return { process: (batch) => emit(batch, collect) };
}
