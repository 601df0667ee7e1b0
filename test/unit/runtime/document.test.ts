import { expect, test } from 'vitest';
import { documentConfiguration } from '../../../src/runtime/document.ts';

test('docs/configuration.md is what the declarations say', async () => {
  await expect(documentConfiguration()).toMatchFileSnapshot('../../../docs/configuration.md');
});
