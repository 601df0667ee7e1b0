import type { DynamicTableFactory } from '../../connector/factory.ts';
import { readOptions } from '../../options/read-options.ts';
import { PRINT_IDENTIFIER, PRINT_OPTIONS, SINK_PARALLELISM, STANDARD_ERROR } from './options.ts';
import { printSink } from './sink.ts';

export const printFactory: DynamicTableFactory = {
  identifier: 'print',
  options: PRINT_OPTIONS,
  createSink({ options, schema }) {
    const values = readOptions('print', options, PRINT_OPTIONS);
    const identifier = values.find(PRINT_IDENTIFIER);
    return printSink(schema, {
      identifier: identifier === '' ? undefined : identifier,
      standardError: values.get(STANDARD_ERROR),
      parallelism: values.find(SINK_PARALLELISM),
    });
  },
};
