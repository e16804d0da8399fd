import { expect, test } from 'vitest';
import { directed, isolate, withoutBidiControls } from '../../src/text/bidi.ts';
import { detectLanguage } from '../../src/text/language.ts';

test('a line is marked unless it begins with a letter that gives it its direction', () => {
  expect(directed('حقل العمر', 'rtl')).toBe('حقل العمر');
  expect(directed('12 (“حقل', 'rtl')).toBe('12 (“حقل');
  expect(directed('[1] Deir', 'rtl')).toBe('\u200f[1] Deir');
  expect(directed('Deir', 'ltr')).toBe('Deir');
  expect(directed('12 %', 'ltr')).toBe('\u200e12 %');
  expect(directed('', 'rtl')).toBe('');
});

test.each(['🇸🇾 سوريا', 'Ⅲ. الفيلق', `${isolate('Deir')} حقل`])('%s is marked: what it begins with is strong, or might be', (line) =>
  expect(directed(line, 'rtl')).toBe(`\u200f${line}`),
);

test('a line of English that begins with an Arabic question mark is marked', () => expect(directed('؟ What', 'ltr')).toBe('\u200e؟ What'));

test('overrides of others are dropped', () => {
  expect(withoutBidiControls('a\u202eb\u2066c\u200f')).toBe('abc');
});

test('nothing ends a paragraph within a line; line ends stay', () => {
  expect(withoutBidiControls('a\u2029b\x85c\rd\r\ne\nf')).toBe('a b c d\r\ne\nf');
});

test.each([
  ['من قصف القاعدة؟', 'ar'],
  ['Who shelled the base?', 'en'],
  ['ماذا قال Joe Biden؟', 'ar'],
  ['что случилось', 'other'],
  ['谁攻击了基地', 'other'],
  ['؟؟ 12 😀', undefined],
])('%s is %s', (text, language) => expect(detectLanguage(text)).toBe(language));
