import type { DynamicTableFactory } from '../../connector/factory.ts';
import { readOptions } from '../../options/read-options.ts';
import { BLACKHOLE_OPTIONS } from './options.ts';
import { blackholeSink } from './sink.ts';

/** The smallest complete connector: copy this folder to begin another. */
export const blackholeFactory: DynamicTableFactory = {
  identifier: 'blackhole',
  options: BLACKHOLE_OPTIONS,
  createSink({ options }) {
    readOptions('blackhole', options, BLACKHOLE_OPTIONS);
    return blackholeSink;
  },
};
