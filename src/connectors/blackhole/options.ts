import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';

export const CONNECTOR = option('connector').string().describe('Must be `blackhole`.');

export const BLACKHOLE_OPTIONS: OptionDeclarations = { required: [CONNECTOR], optional: [] };
