import { expect, test } from 'vitest';
import { builtInFunctions } from '../../../../src/plan/functions/catalog.ts';
import { documentFunctions } from '../../../../src/plan/functions/document.ts';

test('docs/functions.md is what the entries say', async () => {
  await expect(documentFunctions()).toMatchFileSnapshot('../../../../docs/functions.md');
});

test('every function is described', () => {
  for (const name of builtInFunctions.names()) expect(builtInFunctions.lookup(name)!.doc, name).not.toBe('');
});
