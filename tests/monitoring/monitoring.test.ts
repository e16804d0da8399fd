import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Metrics } from '../../src/monitoring/metrics.ts';
import { type Monitor, startMonitor } from '../../src/monitoring/server.ts';

let monitor: Monitor | undefined;
afterEach(async () => {
  await monitor?.close();
  monitor = undefined;
});

function watched(): Metrics {
  const metrics = new Metrics();
  metrics.watch({ queueDepth: () => 3, index: () => ({ builtAt: new Date(Date.now() - 60_000), passages: 14 }), connected: () => true });
  return metrics;
}

async function get(path: string, method = 'GET') {
  const response = await fetch(`${monitor?.address}${path}`, { method });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

describe('the monitor', () => {
  test('lives, is ready, and says why when it is not', async () => {
    const reasons: string[] = [];
    monitor = await startMonitor('127.0.0.1', 0, watched(), () => reasons);
    expect(await get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
    reasons.push('not connected to Discord');
    expect(await get('/readyz')).toMatchObject({ status: 503, text: 'not connected to Discord\n' });
    expect(await get('/healthz?x=1')).toMatchObject({ status: 200 });
    expect(await get('/../../etc/passwd')).toMatchObject({ status: 404 });
    expect(await get('/metrics', 'POST')).toMatchObject({ status: 405 });
  });

  test('gives Prometheus what was asked, how long it took, and how things stand', async () => {
    const metrics = watched();
    metrics.answered('answered', 40, { encoding: 20, 'late interaction': 5 });
    metrics.answered('not_found', 60, { encoding: 30 });
    metrics.turnedAway('user');
    monitor = await startMonitor('127.0.0.1', 0, metrics, () => []);
    const { text, type } = await get('/metrics');
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/u);
    for (const line of [
      'isnad_questions_total{status="answered"} 1',
      'isnad_questions_total{status="not_found"} 1',
      'isnad_questions_total{status="invalid"} 0',
      'isnad_busy_total{whose="user"} 1',
      'isnad_answer_seconds_count 2',
      'isnad_answer_seconds_bucket{le="0.05"} 1',
      'isnad_stage_seconds_sum{stage="late_interaction"} 0.005',
      'isnad_queue_depth 3',
      'isnad_index_passages 14',
      'isnad_gateway_connected 1',
    ])
      expect(text.split('\n')).toContain(line);
    expect(Number(/^isnad_index_age_seconds (.+)$/mu.exec(text)?.[1])).toBeGreaterThanOrEqual(60);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /mu);
    expect([metrics.count('answered'), metrics.count('related')]).toEqual([1, 0]);
    expect(Math.round(metrics.latency(95))).toBe(60);
  });

  test('a port that is taken is an error for whoever started it', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    await expect(startMonitor('127.0.0.1', (taken.address() as AddressInfo).port, watched(), () => [])).rejects.toThrow(/EADDRINUSE/u);
    taken.close();
  });
});

test('the dashboard asks only for what is measured', async () => {
  const metrics = watched();
  metrics.answered('answered', 40, { encoding: 20 });
  metrics.turnedAway('all');
  const text = await metrics.registry.metrics();
  const { panels } = JSON.parse(readFileSync('deploy/grafana.json', 'utf8')) as { panels: { targets: { expr: string }[] }[] };
  const names = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/\b(?:isnad|nodejs|process)_\w+/gu) ?? []));
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(text).toMatch(new RegExp(`^${name}(?:\\{| )`, 'mu'));
});
