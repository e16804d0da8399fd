import { expect, test } from 'vitest';
import { answerText } from '../../src/cli/output.ts';

test('a title runs as its own language does, whatever name it begins with', () => {
  const quote = 'سقطت عدة قذائف.';
  const text = answerText({
    question: 'Who?',
    searched: 'Who?',
    within: undefined,
    language: 'en',
    status: 'related',
    refusal: undefined,
    confidence: 0.5,
    latencyMs: 1,
    stages: {},
    candidates: [],
    citations: [
      {
        n: 1,
        document: 'd',
        title: 'HIMARS تقصف حقل العمر',
        passage: 2,
        quote,
        start: 0,
        end: quote.length,
        answer: undefined,
        highlights: [],
        translation: undefined,
        score: 1,
      },
    ],
  });
  expect(text).toContain('\u200e[1] ¶2 · \u2068\u200fHIMARS تقصف حقل العمر\u2069');
});

test('a question in another language is refused in both of ours, each line in its own direction', () => {
  const question = 'Qui a attaqué la base ?';
  const nothing = { searched: '', confidence: 0, latencyMs: 1, stages: {}, candidates: [], citations: [] };
  const text = answerText({ ...nothing, question, within: undefined, language: 'other', status: 'invalid', refusal: { known: ['ar', 'en'] } });
  expect(text).toBe('عذرا، لا أفهم أسئلة بغير العربية والإنجليزية.\nSorry, I only understand questions in Arabic and English.');
});
