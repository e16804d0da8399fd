import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sentences } from '../../src/text/sentences.ts';

const split = (text: string) => sentences(text).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  test.each([
    ['وصل الوزير. ثم غادر؟ نعم!', ['وصل الوزير.', 'ثم غادر؟', 'نعم!']],
    ['قال د. أحمد إن العدد 3.5 مليون. وانتهى.', ['قال د. أحمد إن العدد 3.5 مليون.', 'وانتهى.']],
    ['Dr. Smith met Mr. Jones in the U.S. on Monday. They left.', ['Dr. Smith met Mr. Jones in the U.S. on Monday.', 'They left.']],
    ['بعد غارات أميركا.. ميليشيات تقصف حقلا', ['بعد غارات أميركا.. ميليشيات تقصف حقلا']],
    ['قال “لن نتراجع. لن نستسلم أبدا” ثم خرج. وعاد.', ['قال “لن نتراجع. لن نستسلم أبدا” ثم خرج.', 'وعاد.']],
    ['قال «انتهى الأمر.» وذهب.', ['قال «انتهى الأمر.»', 'وذهب.']],
    ['حلقت طائرات ”التحالف الدولي” في الأجواء. وعادت.', ['حلقت طائرات ”التحالف الدولي” في الأجواء.', 'وعادت.']],
    ['أولا؛ ثانيا؛ ثالثا.', ['أولا؛ ثانيا؛ ثالثا.']],
    ['بلا نقطة في آخره', ['بلا نقطة في آخره']],
    ['', []],
  ])('%s', (text, expected) => expect(split(text)).toEqual(expected));

  test('a pause ends a sentence only where it would grow too long', () => {
    const clause = 'كلمة '.repeat(35).trim();
    expect(split(`${clause}؛ ${clause}؛ ${clause}.`)).toHaveLength(3);
  });

  test('in order, apart, and nothing but white space is left out', () => {
    const text = fc.array(fc.constantFrom('كلمة', 'د', 'word', '3', '.', '..', '؟', '؛', '…', ' ', '  ', '“', '”', '«', '»', '"', ')', '\n'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (parts) => {
        const source = parts.join('');
        let last = 0;
        for (const { start, end } of sentences(source)) {
          expect(source.slice(last, start).trim()).toBe('');
          expect(source.slice(start, end).trim()).toBe(source.slice(start, end));
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(source.slice(last).trim()).toBe('');
      }),
    );
  });
});
