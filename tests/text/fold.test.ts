import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../src/text/fold.ts';
import { stem } from '../../src/text/stem.ts';
import { terms, words } from '../../src/text/words.ts';

describe('fold', () => {
  test.each([
    ['أميركا إيران آب ٱلله', 'اميركا ايران اب الله'],
    ['قاعدة على مسؤول بيئة', 'قاعده علي مسوول بييه'],
    ['حقلاً نفطيّاً', 'حقلا نفطيا'],
    ['محـــمد', 'محمد'],
    ['١٢٣ ۴۵', '123 45'],
    ['ﻻ ﷲ', 'لا الله'],
    ['Café DEIR', 'cafe deir'],
    ['کتاب', 'كتاب'],
  ])('%s → %s', (text, folded) => expect(fold(text)).toBe(folded));

  test('folding what is folded changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });
});

describe('stem', () => {
  test.each([
    ['والميليشيات', 'ميليش'],
    ['الميليشيات', 'ميليش'],
    ['بالمدفعيه', 'مدفع'],
    ['strikes', 'strike'],
    ['2021', '2021'],
  ])('%s → %s', (word, stemmed) => expect(stem(word)).toBe(stemmed));

  test('leaves three letters at least', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ابتوليهنكف'), minLength: 3 }), (word) => {
        expect(stem(word).length).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});

describe('words', () => {
  test('vowelled Arabic stays whole', () => {
    expect(words('حَقْلُ العُمَر').map((w) => w.folded)).toEqual(['حقل', 'العمر']);
  });

  test('a possessive is not a word of its own', () => {
    expect(terms("Biden's decision")).toEqual(['biden', 'decis']);
  });

  test('function words and question words are no terms', () => {
    expect(terms('من الذي استهدف القاعدة؟ Who was it?')).toEqual(['استهدف', 'قاعد']);
  });

  test('every span holds in the text as it stands, whatever is done to the word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('الأميركية', 'حقـــل', 'd’Alep', 'قُصِفَ', '١٢')), { maxLength: 12 }),
        (parts) => {
          const text = parts.join(' ');
          let last = 0;
          for (const word of words(text)) {
            expect(word.start).toBeGreaterThanOrEqual(last);
            expect(fold(text.slice(word.start, word.end))).toContain(word.folded);
            last = word.end;
          }
        },
      ),
    );
  });
});
