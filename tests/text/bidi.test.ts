import { expect, test } from 'vitest';
import { directed, firstStrong, isolate, withoutBidiControls } from '../../src/text/bidi.ts';
import { detectLanguage } from '../../src/text/language.ts';

test('a line takes its direction from the first strong character outside isolates', () => {
  expect(firstStrong('123 (حقل) oil')).toBe('rtl');
  expect(firstStrong(`${isolate('Deir')} حقل`)).toBe('rtl');
  expect(firstStrong('12 %')).toBeUndefined();
});

test('a line is marked only where it would mislead', () => {
  expect(directed('حقل العمر', 'rtl')).toBe('حقل العمر');
  expect(directed('[1] Deir', 'rtl')).toBe('\u200f[1] Deir');
  expect(directed('Deir', 'ltr')).toBe('Deir');
  expect(directed('12 %', 'ltr')).toBe('\u200e12 %');
});

test('overrides of others are dropped', () => {
  expect(withoutBidiControls('a\u202eb\u2066c\u200f')).toBe('abc');
});

test.each([
  ['من قصف القاعدة؟', 'ar'],
  ['Who shelled the base?', 'en'],
  ['ماذا قال Joe Biden؟', 'ar'],
  ['что случилось', 'other'],
  ['谁攻击了基地', 'other'],
  ['؟؟ 12 😀', undefined],
])('%s is %s', (text, language) => expect(detectLanguage(text)).toBe(language));
