import { expect, test } from 'vitest';
import { describe } from '../src/errors.ts';

test('whatever is thrown is described in one line; what has no message, by its code', () => {
  expect(describe(new Error('first\nsecond'))).toBe('first');
  expect(describe('a word')).toBe('a word');
  expect(describe(Object.assign(new AggregateError([new Error('::1'), new Error('127.0.0.1')]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  expect(describe(new TypeError(''))).toBe('TypeError');
});
