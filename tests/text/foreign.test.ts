import { describe, expect, test } from 'vitest';
import { FOREIGN_LANGUAGES, foreignLanguage } from '../../src/text/foreign.ts';
import { FOREIGN_QUESTIONS, HOME_QUESTIONS, OTHER_SCRIPTS, UNTOLD_QUESTIONS } from '../fixtures/languages.ts';

describe.each(Object.entries(FOREIGN_QUESTIONS))('%s', (language, questions) => {
  test.each(questions)('%s', (question) => expect(foreignLanguage(question)).toBe(language));
});

test('every language that may be named has questions', () => expect(Object.keys(FOREIGN_QUESTIONS).sort()).toEqual([...FOREIGN_LANGUAGES].sort()));

describe.each(Object.entries(HOME_QUESTIONS))('no other language: %s', (_kind, texts) => {
  test.each(texts)('%s', (text) => expect(foreignLanguage(text)).toBeUndefined());
});

test.each(UNTOLD_QUESTIONS)('where every word might be of a name or of English or Arabic, nothing is told: %s', (question) =>
  expect(foreignLanguage(question)).toBeUndefined(),
);

test.each(OTHER_SCRIPTS)('another script is no matter of words: %s', (question) => expect(foreignLanguage(question)).toBeUndefined());

test.each<[text: string, language: string | undefined]>([
  ['qui nhon', undefined],
  ['qui est la', 'fr'],
  ['pourquoi', 'fr'],
  ['what is pourquoi', undefined],
  ['la base de la ville', undefined],
  ['köprü ve liman', 'tr'],
  ['Köprü ve Liman', undefined],
  ['The film "qui est là" and its end', undefined],
])('a telling word or a foreign letter in small letters needs company, a sure word none; English outweighs them: %s', (text, language) =>
  expect(foreignLanguage(text)).toBe(language),
);
