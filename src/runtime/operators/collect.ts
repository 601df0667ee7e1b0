// The result of a SELECT, handed to whoever asked for it.
import { emit, type Operator, type Output } from '../operator.ts';

export function collectOperator(collect: Output): Operator {
  return { process: (batch) => emit(batch, collect) };
}
