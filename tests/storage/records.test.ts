import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/storage/database.ts';
import { DEFAULT_SETTINGS, Records, type ServerReport } from '../../src/storage/records.ts';
import { HOMES, type Home, type Opener } from '../support/databases.ts';

const HOUR = 3_600_000;
const ASKED = {
  guild: 'g1',
  user: 'u1',
  language: 'ar',
  status: 'related',
  question: 'كم عدد القتلى؟',
  searched: 'كم عدد القتلى؟',
  report: undefined,
} as const;
const REPORT: Omit<ServerReport, 'addedAt'> = { id: 'flood.pdf', title: 'فيضان', content: 'فيضان\n\nارتفع الماء.' };

describe.each(HOMES)('records $name', ({ start, lasts }) => {
  let home: Home;
  const opened: Database[] = [];
  beforeAll(async () => {
    home = await start();
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });
  afterAll(() => home.stop());

  /** Opens records at a moment, of a database of their own unless it is given; `lines` gathers what they complain of. */
  async function open(opener: Opener = home.fresh(), now = { at: Date.UTC(2026, 0, 1) }) {
    const lines: string[] = [];
    const database = await opener((line) => lines.push(line));
    opened.push(database);
    return { records: new Records(database, 90, () => now.at), database, lines, now };
  }

  describe('questions', () => {
    test('are found by their id, for a day', async () => {
      const { records, now } = await open();
      const id = await records.remember(ASKED);
      const toOne = await records.remember({ ...ASKED, guild: undefined, report: 'flood.pdf' });
      expect(await records.recall(id)).toEqual({ ...ASKED, id, askedAt: now.at });
      expect(await records.recall(toOne)).toEqual({ ...ASKED, guild: undefined, report: 'flood.pdf', id: toOne, askedAt: now.at });
      now.at += 24 * HOUR + 1;
      expect(await records.recall(id)).toBeUndefined();
      expect(await records.recall("' OR 1=1 --")).toBeUndefined();
    });

    test.runIf(lasts)('and votes are there after a restart', async () => {
      const opener = home.fresh();
      const first = await open(opener);
      const id = await first.records.remember(ASKED);
      await first.records.vote(id, 'u2', false, 'reason');
      await first.database.close();
      const { records, now } = await open(opener);
      expect(await records.recall(id)).toEqual({ ...ASKED, id, askedAt: now.at });
      expect((await records.keptOf('u2')).votes).toEqual([{ good: false, reason: 'reason', votedAt: now.at }]);
    });

    test('may hold any character', async () => {
      const { records, lines } = await open();
      const question = `quote ' and " and ? and $1 and isnad.questions and \\ and 🦉 and \u202e`;
      const id = await records.remember({ ...ASKED, question });
      expect(await records.recall(id)).toMatchObject({ question });
      const withNothing = await records.remember({ ...ASKED, question: 'a\0b' });
      expect(await records.recall(withNothing)).toMatchObject({ id: withNothing });
      expect(lines).toEqual([]);
    });

    test('that were answered are forgotten after a day unless somebody was not content; the others after the days set', async () => {
      const { records, now } = await open();
      const answered = { ...ASKED, status: 'answered' } as const;
      await records.remember({ ...answered, question: 'answered' });
      await records.vote(await records.remember({ ...answered, question: 'liked' }), 'u2', true, '');
      await records.vote(await records.remember({ ...answered, question: 'disliked' }), 'u2', false, 'wrong paragraph');
      await records.remember({ ...ASKED, question: 'related' });
      await records.remember({ ...ASKED, status: 'not_found', question: 'not found' });
      const kept = async () => (await records.keptOf('u1')).questions.map(({ question }) => question).sort();
      expect(await kept()).toEqual(['answered', 'disliked', 'liked', 'not found', 'related']);
      now.at += 25 * HOUR;
      await records.forgetOld();
      expect(await kept()).toEqual(['disliked', 'not found', 'related']);
      now.at += 90 * 24 * HOUR;
      await records.forgetOld();
      expect(await kept()).toEqual([]);
    });

    test('that stayed open are listed for their server, with the complaints', async () => {
      const { records, now } = await open();
      const disliked = await records.remember({ ...ASKED, status: 'answered', question: 'disliked' });
      await records.vote(disliked, 'u2', false, 'first reason');
      await records.vote(disliked, 'u2', false, 'wrong paragraph');
      await records.vote(disliked, 'u3', true, '');
      now.at += 1;
      await records.vote(disliked, 'u4', false, 'too long');
      await records.vote(await records.remember({ ...ASKED, status: 'answered', question: 'liked' }), 'u2', true, '');
      await records.remember({ ...ASKED, question: 'related' });
      await records.remember({ ...ASKED, guild: 'g2', question: 'elsewhere' });
      expect(await records.openQuestions('g1')).toEqual([
        { question: 'related', askedAt: now.at, status: 'related', complaints: [] },
        { question: 'disliked', askedAt: now.at - 1, status: 'answered', complaints: ['wrong paragraph', 'too long'] },
      ]);
    });

    test('that are not there take no vote', async () => {
      const { records, lines } = await open();
      expect(await records.vote('nothing', 'u1', true, '')).toBe(false);
      expect(lines).toEqual([expect.stringMatching(/^database: .*foreign key/iu)]);
    });
  });

  describe('settings', () => {
    test('of servers and of people are kept', async () => {
      const { records } = await open();
      expect(await records.serverSettings('g1')).toEqual(DEFAULT_SETTINGS);
      await records.changeServerSettings('g1', { private: true, channels: ['c1'], language: 'ar', channelReports: {} });
      const changed = { private: true, channels: ['c1', 'c2'], language: undefined, channelReports: { c1: 'flood.pdf', c2: 'harbour' } };
      await records.changeServerSettings('g1', changed);
      expect(await records.serverSettings('g1')).toEqual(changed);
      expect(await records.serverSettings('g2')).toEqual(DEFAULT_SETTINGS);
      await records.chooseLanguage('u1', 'ar');
      await records.chooseLanguage('u1', 'en');
      expect(await records.languageOf('u1')).toBe('en');
      expect(await records.languageOf('u2')).toBeUndefined();
    });

    test('that are none of ours count as none; those of before there were reports of channels are whole', async () => {
      const { records, database } = await open();
      const settings = async (text: string) => {
        await database.run('DELETE FROM isnad.server_settings');
        expect(await database.run('INSERT INTO isnad.server_settings (guild, settings) VALUES (?, ?)', 'g1', text)).toBe(true);
        return records.serverSettings('g1');
      };
      for (const text of ['nonsense', '{}', '[]']) expect(await settings(text)).toEqual(DEFAULT_SETTINGS);
      expect(await settings('{"private":true,"channels":["c1"]}')).toEqual({ ...DEFAULT_SETTINGS, private: true, channels: ['c1'] });
    });
  });

  describe('privacy', () => {
    test('a person sees all that is kept of them and can have it deleted, nobody else loses anything', async () => {
      const { records } = await open();
      const id = await records.remember(ASKED);
      const other = await records.remember({ ...ASKED, user: 'u2', question: 'other' });
      await records.vote(other, 'u1', false, 'my reason');
      await records.vote(id, 'u2', true, '');
      await records.chooseLanguage('u1', 'en');
      await records.chooseLanguage('u2', 'ar');
      expect(await records.keptOf('u1')).toMatchObject({
        questions: [{ question: ASKED.question }],
        votes: [{ good: false, reason: 'my reason' }],
        language: 'en',
      });
      expect(await records.forget('u1')).toBe(true);
      expect(await records.keptOf('u1')).toEqual({ questions: [], votes: [], language: undefined });
      expect(await records.keptOf('u2')).toMatchObject({ questions: [{ question: 'other' }], language: 'ar' });
      expect(await records.recall(other)).toBeDefined();
    });
  });

  describe('reports of a server', () => {
    async function added(records: Records, guild: string, report: Omit<ServerReport, 'addedAt'>): Promise<void> {
      expect(await records.confirmReport(guild, (await records.proposeReport(guild, report)) ?? '')).toBe(true);
    }

    test('are proposed, then confirmed, and listed from the oldest on', async () => {
      const { records, now } = await open();
      const proposal = (await records.proposeReport('g1', REPORT)) ?? '';
      expect(proposal).toMatch(/^[\w-]{12}$/u);
      expect(await records.proposedReport('g1', proposal)).toEqual({ ...REPORT, addedAt: now.at });
      expect(await records.serverReports('g1')).toEqual([]);
      now.at += HOUR;
      expect(await records.confirmReport('g1', proposal)).toBe(true);
      expect(await records.proposedReport('g1', proposal)).toBeUndefined();
      now.at += HOUR;
      await added(records, 'g1', { ...REPORT, id: 'a-later-one' });
      expect(await records.serverReports('g1')).toEqual([
        { ...REPORT, addedAt: now.at - HOUR },
        { ...REPORT, id: 'a-later-one', addedAt: now.at },
      ]);
    });

    test('once confirmed, or dropped, can not be confirmed again', async () => {
      const { records } = await open();
      const proposal = (await records.proposeReport('g1', REPORT)) ?? '';
      expect(await records.confirmReport('g1', proposal)).toBe(true);
      expect(await records.confirmReport('g1', proposal)).toBe(false);
      expect(await records.serverReports('g1')).toHaveLength(1);
      const dropped = (await records.proposeReport('g1', { ...REPORT, id: 'dropped' })) ?? '';
      expect(await records.dropProposal('g1', dropped)).toBe(true);
      expect(await records.proposedReport('g1', dropped)).toBeUndefined();
      expect(await records.confirmReport('g1', dropped)).toBe(false);
      expect(await records.serverReports('g1')).toHaveLength(1);
    });

    test('take the place of one with the same id, and of the one they are said to', async () => {
      const { records, now } = await open();
      await added(records, 'g1', REPORT);
      await added(records, 'g1', { ...REPORT, id: 'harbour' });
      now.at += HOUR;
      const newer = { ...REPORT, title: 'newer', content: 'newer content' };
      await added(records, 'g1', newer);
      expect(await records.serverReports('g1')).toEqual([
        { ...REPORT, id: 'harbour', addedAt: now.at - HOUR },
        { ...newer, addedAt: now.at },
      ]);
      const renamed = (await records.proposeReport('g1', { ...newer, id: 'renamed' })) ?? '';
      expect(await records.confirmReport('g1', renamed, 'flood.pdf')).toBe(true);
      expect((await records.serverReports('g1')).map(({ id }) => id)).toEqual(['harbour', 'renamed']);
      const itself = (await records.proposeReport('g1', { ...REPORT, id: 'harbour', title: 'itself' })) ?? '';
      expect(await records.confirmReport('g1', itself, 'harbour')).toBe(true);
      expect((await records.serverReports('g1')).map(({ title }) => title).sort()).toEqual(['itself', 'newer']);
    });

    test('a proposal that is not there takes nothing away', async () => {
      const { records, now } = await open();
      await added(records, 'g1', REPORT);
      const expired = (await records.proposeReport('g1', { ...REPORT, id: 'expired' })) ?? '';
      now.at += 24 * HOUR + 1;
      expect(await records.proposedReport('g1', expired)).toBeUndefined();
      expect(await records.confirmReport('g1', expired, 'flood.pdf')).toBe(false);
      expect(await records.confirmReport('g1', 'nothing', 'flood.pdf')).toBe(false);
      expect((await records.serverReports('g1')).map(({ id }) => id)).toEqual(['flood.pdf']);
    });

    test('proposals are forgotten after a day, reports stay', async () => {
      const { records, database, now } = await open();
      await added(records, 'g1', REPORT);
      await records.proposeReport('g1', REPORT);
      const proposals = () => database.allOrThrow('SELECT proposal FROM isnad.proposed_reports');
      now.at += 23 * HOUR;
      await records.forgetOld();
      expect(await proposals()).toHaveLength(1);
      now.at += 2 * HOUR;
      await records.forgetOld();
      expect(await proposals()).toEqual([]);
      expect(await records.serverReports('g1')).toHaveLength(1);
    });

    test('are removed', async () => {
      const { records } = await open();
      await added(records, 'g1', REPORT);
      expect(await records.removeReport('g1', 'another')).toBe(false);
      expect(await records.removeReport('g1', REPORT.id)).toBe(true);
      expect(await records.removeReport('g1', REPORT.id)).toBe(false);
      expect(await records.serverReports('g1')).toEqual([]);
    });

    test('one server neither sees nor changes what is of another', async () => {
      const { records, now } = await open();
      await added(records, 'g1', REPORT);
      const theirs = { ...REPORT, title: 'theirs', content: 'their content' };
      await added(records, 'g2', theirs);
      const proposal = (await records.proposeReport('g1', { ...REPORT, id: 'proposed' })) ?? '';
      const settings = { ...DEFAULT_SETTINGS, private: true };
      await records.changeServerSettings('g1', settings);
      expect(await records.proposedReport('g2', proposal)).toBeUndefined();
      expect(await records.confirmReport('g2', proposal, REPORT.id)).toBe(false);
      expect(await records.dropProposal('g2', proposal)).toBe(true);
      expect(await records.removeReport('g2', 'proposed')).toBe(false);
      expect(await records.removeReport('g2', REPORT.id)).toBe(true);
      await added(records, 'g2', theirs);
      expect(await records.forgetServer('g2')).toBe(true);
      expect(await records.serverReports('g2')).toEqual([]);
      expect(await records.proposedReport('g1', proposal)).toMatchObject({ id: 'proposed' });
      expect(await records.serverReports('g1')).toEqual([{ ...REPORT, addedAt: now.at }]);
      expect(await records.serverSettings('g1')).toEqual(settings);
    });

    test('go with their server, and its settings and proposals', async () => {
      const { records } = await open();
      await added(records, 'g1', REPORT);
      const proposal = (await records.proposeReport('g1', REPORT)) ?? '';
      await records.changeServerSettings('g1', { ...DEFAULT_SETTINGS, private: true });
      expect(await records.forgetServer('g1')).toBe(true);
      expect(await records.serverReports('g1')).toEqual([]);
      expect(await records.proposedReport('g1', proposal)).toBeUndefined();
      expect(await records.serverSettings('g1')).toEqual(DEFAULT_SETTINGS);
    });
  });

  test('several statements are run whole or not at all', async () => {
    const { records, database, lines } = await open();
    const id = await records.remember(ASKED);
    expect(await database.runAll([['DELETE FROM isnad.questions'], ['DELETE FROM isnad.nothing_of_the_kind']])).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(await records.recall(id)).toBeDefined();
  });

  test('a database that was closed gives nothing and keeps nothing; of reports it says so', async () => {
    const { records, database, lines } = await open();
    const id = await records.remember(ASKED);
    await database.close();
    expect(await records.recall(id)).toBeUndefined();
    expect(await records.changeServerSettings('g1', DEFAULT_SETTINGS)).toBe(false);
    expect(await records.proposeReport('g1', REPORT)).toBeUndefined();
    expect(await records.confirmReport('g1', 'proposal')).toBe(false);
    expect(await records.removeReport('g1', REPORT.id)).toBe(false);
    expect(await records.forget('u1')).toBe(false);
    expect(lines.length).toBeGreaterThan(0);
    await expect(records.serverReports('g1')).rejects.toThrow();
  });
});
