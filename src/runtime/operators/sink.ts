// Sink: the end of a chain, as an operator; draining it has everything acknowledged.
import type { SinkWriter } from '../../connector/sink.ts';
import type { Operator } from '../operator.ts';

export function sinkOperator(writer: SinkWriter): Operator {
  return {
    open: () => writer.open(),
    process: (batch) => writer.write(batch),
    drain: (endOfInput) => writer.flush(endOfInput),
    close: () => writer.close(),
  };
}
