import * as vega from 'vega';
import { compile } from 'vega-lite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEncoder } from '../../src/app.ts';
import { TRAINING_REPORTS } from '../../src/config.ts';
import type { Encoder } from '../../src/embedding/encoder.ts';
import { byStage, evaluateSet, type Outcome } from '../../src/evaluation/evaluate.ts';
import { figuresOf } from '../../src/evaluation/figures.ts';
import { fitTo } from '../../src/evaluation/fit.ts';
import { plotsOf } from '../../src/evaluation/plots.ts';
import { devSets, type EvaluationSet, readTrainingReports } from '../../src/evaluation/sets.ts';
import { testConfig } from '../support/app.ts';

describe('an evaluation of four dev reports', () => {
  const [arabic] = devSets('reports', readTrainingReports(TRAINING_REPORTS));
  const set: EvaluationSet = { name: 'reports', collections: arabic?.collections.slice(0, 4) ?? [] };
  let encoder: Encoder;
  let outcomes: Outcome[];
  beforeAll(async () => {
    encoder = await loadEncoder(testConfig());
    outcomes = await evaluateSet(set, encoder, () => undefined);
  });
  afterAll(() => encoder.close());

  test('has an outcome for every question, with ranks where there is a right passage', () => {
    expect(outcomes).toHaveLength(set.collections.reduce((sum, { questions }) => sum + questions.length, 0));
    for (const { question, ranks, evidence, taken } of outcomes) {
      expect(ranks.fused).toHaveLength(question.gold.length);
      expect(taken !== undefined).toBe(question.gold.length > 0);
      expect(Number.isFinite(evidence.reader)).toBe(true);
    }
  });

  test('holds the quality that the README states, with room for so small a sample', () => {
    const { stages, span, abstention, aucTaken } = figuresOf(set.name, 52, outcomes);
    expect(stages.reader.recall1).toBeGreaterThan(stages['late interaction'].recall1);
    expect(stages.reader.recall3).toBeGreaterThan(0.85);
    expect(span?.f1.value).toBeGreaterThan(0.3);
    expect(abstention?.auc.value).toBeGreaterThan(0.85);
    expect(abstention?.balancedAccuracy.value).toBeGreaterThan(0.7);
    expect(aucTaken.value).toBeGreaterThan(0.7);
  });

  test('is drawn', async () => {
    for (const [name, spec] of Object.entries(plotsOf([figuresOf(set.name, 52, outcomes)]))) {
      const svg = await new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' }).toSVG();
      expect(svg, name).toMatch(/^<svg[\s\S]+<path/u);
    }
  });
});

describe('fitting', () => {
  /** Outcomes of a world in which relevance decides, late interaction helps and the vectors know nothing. */
  const outcomes = Array.from({ length: 400 }, (_, i): Outcome => {
    const answerable = i % 3 !== 0;
    const noise = (k: number) => (Math.sin(i * 12.9898 + k * 78.233) * 43758.5453) % 1;
    const candidates = [0, 1, 2].map((label) => ({
      label,
      dense: noise(label),
      lexical: 0,
      late: 0.5 + 0.1 * noise(label + 7) + (answerable && label === 1 ? 0.1 : 0),
      translation: undefined,
      relevance: 2 * noise(label + 20) + (answerable && label === 1 ? 2 : -1),
    }));
    return {
      collection: `${i % 20}`,
      language: i % 2 === 0 ? 'ar' : 'en',
      question: { text: '', gold: answerable ? [1] : [], answers: [], onTopic: true },
      ranks: byStage(() => []),
      spanF1: 0,
      spanExact: 0,
      evidence: { late: Math.max(...candidates.map((c) => c.late)), reader: Math.max(...candidates.map((c) => c.relevance)), agreement: 0 },
      confidence: 0,
      taken: undefined,
      times: { encoding: 0, candidates: 0, 'late interaction': 0, reader: 0 },
      candidates,
    };
  });

  test('gives weight to what tells right from wrong, none to what does not', () => {
    const { fusion, ranking, confidence } = fitTo(outcomes);
    expect(fusion.late).toBeGreaterThan(2 * Math.abs(fusion.dense));
    expect(fusion.lexical).toBeCloseTo(0, 2);
    expect(ranking.reader).toBeGreaterThan(0);
    for (const language of ['ar', 'en'] as const) expect(confidence[language].reader).toBeGreaterThan(0);
  });

  test('makes confidence the share that is right', () => {
    const { confidence } = fitTo(outcomes);
    const own = outcomes.filter(({ language }) => language === 'ar');
    const predicted = own.map(({ evidence }) => 1 / (1 + Math.exp(-(confidence.ar.bias + confidence.ar.reader * evidence.reader))));
    const share = own.filter(({ question }) => question.gold.length > 0).length / own.length;
    // The bias of a fitted logistic regression makes the mean prediction the mean of what happened.
    expect(predicted.reduce((sum, p) => sum + p, 0) / own.length).toBeCloseTo(share, 2);
  });

  test('what tells that the right passages are gone counts too, and leaves the share that has an answer as it is', () => {
    const asked = outcomes.map((outcome): Outcome => {
      const evidence = { ...outcome.evidence, agreement: 2 };
      return { ...outcome, evidence, taken: outcome.question.gold.length > 0 ? { evidence: { ...evidence, agreement: 1 }, confidence: 0 } : undefined };
    });
    const [before, after] = [fitTo(outcomes).confidence.ar, fitTo(asked).confidence.ar];
    expect(before.agreement).toBe(0);
    expect(after.agreement).toBeGreaterThan(0.5);
    const own = asked.filter(({ language }) => language === 'ar');
    const chance = ({ reader, agreement }: Outcome['evidence']) => 1 / (1 + Math.exp(-(after.bias + after.reader * reader + after.agreement * agreement)));
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const answerable = own.filter(({ question }) => question.gold.length > 0);
    const unanswerable = own.filter(({ question }) => question.gold.length === 0);
    const share = answerable.length / own.length;
    const [there, open] = [answerable, unanswerable].map((some) => mean(some.map(({ evidence }) => chance(evidence))));
    const gone = mean(answerable.flatMap(({ taken }) => (taken ? chance(taken.evidence) : [])));
    expect(share * (there ?? 0) + (1 - share) * (((open ?? 0) + gone) / 2)).toBeCloseTo(share, 2);
  });

  test('without a reader nothing is given to it', () => {
    const plain = outcomes.map((outcome) => ({ ...outcome, candidates: outcome.candidates.map((c) => ({ ...c, relevance: undefined })) }));
    expect(fitTo(plain)).toMatchObject({ ranking: { fused: 1, reader: 0 }, confidence: { ar: { reader: 0, agreement: 0 }, en: { reader: 0, agreement: 0 } } });
  });
});
