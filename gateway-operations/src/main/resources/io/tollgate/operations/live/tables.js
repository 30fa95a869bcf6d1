// The lists and tables of the page.
import {cell, el, empty, table} from './dom.js';
import {clock, count, duration, kind, millis, plural, precise} from './format.js';

const badge = status => el('span', {class: `badge k-${kind(status)}`}, String(status));
const MEANS = {ok: 'OK', degraded: 'Degraded', down: 'Down'};

export function recent(requests, publicUrl) {
  if (requests.length === 0) {
    return empty('No requests yet. Send one, and it will be here a second later:', publicUrl && `curl -i ${publicUrl}/health`);
  }
  const columns = [{title: 'Time'}, {title: 'Status'}, {title: 'Request'}, {title: 'Took', number: true}];
  return table('Recent requests, the newest first', columns, newestFirst(requests, 30).map(r => el('tr', {},
    cell(clock(r.t), {class: 'time'}),
    cell(badge(r.s)),
    cell(el('div', {}, el('span', {class: 'route'}, asked(r)),
      el('div', {class: 'from'}, el('span', {}, r.who ?? 'from nobody known'), ' · ', el('code', {class: 'id'}, r.id))), {class: 'wide'}),
    cell(`${millis(r.us)} ms`, {class: 'number'}))), 'stack');
}

const asked = r => r.m === '-' ? 'not readable as HTTP' : r.r === 'none' ? `${r.m} of a path that is not there` : `${r.m} ${r.r}`;

/** The same thing again is one entry, with how often it was. */
export function errors(list) {
  if (list.length === 0) {
    return empty('No errors. A request that fails or is refused will be here, with the reason.');
  }
  const groups = new Map();
  for (const e of newestFirst(list, list.length)) {
    const same = JSON.stringify([e.s, e.code, e.m, e.r, e.msg, e.who, e.limit?.policy, e.limit?.key]);
    const group = groups.get(same);
    if (group) {
      group.times++;
      group.first = e.t;
    } else {
      groups.set(same, {newest: e, times: 1, first: e.t});
    }
  }
  return el('div', {class: 'scroll', role: 'region', 'aria-label': 'Errors and refusals', tabindex: '0'},
    el('ul', {class: 'errors'}, ...[...groups.values()].slice(0, 30).map(error)));
}

function error({newest: e, times, first}) {
  const when = times > 1 ? `${times} times since ${clock(first)}, last at ${clock(e.t)}` : clock(e.t);
  return el('li', {},
    el('div', {class: 'head'}, badge(e.s), el('span', {class: 'what'}, e.code ?? 'No code'), el('span', {class: 'route'}, asked(e))),
    e.msg ? el('p', {class: 'why'}, `“${e.msg}”`) : null,
    e.limit ? refusal(e) : null,
    el('p', {class: 'meta'}, `${when}${e.who ? ` · ${e.who}` : ''} · `, el('code', {class: 'id'}, e.id)));
}

/** Why the limiter said no. */
function refusal(e) {
  const l = e.limit;
  const refill = l.refill === 'INTERVAL'
    ? `${count(Math.round(l.rate * l.periodMs / 1000))} at once every ${duration(l.periodMs)}`
    : `${precise(l.rate)} a second`;
  const wait = l.retryMs < 10_000 ? `${precise(l.retryMs / 1000)} s` : duration(l.retryMs);
  const facts = [
    ['Policy', l.policy],
    ['Limit', `${plural(l.capacity, 'token')}, refilled at ${refill}`],
    ['Bucket of', l.key],
    ['Left', `${plural(l.remaining, 'token')}; the request costs ${count(l.cost || 1)}`],
    ['Passes again', `${wait} later, at ${clock(e.t + l.retryMs)}`],
    ['Decided', l.fallback ? 'without Redis, by this gateway’s share' : null],
  ].filter(([, value]) => value !== null);
  return el('dl', {class: 'facts'}, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

export function policies(samples) {
  const sums = new Map();
  for (const sample of samples) {
    for (const [name, counts] of Object.entries(sample.p ?? {})) {
      const sum = sums.get(name) ?? [0, 0, 0, 0];
      counts.forEach((n, i) => sum[i] += n);
      sums.set(name, sum);
    }
  }
  if (sums.size === 0) {
    return empty('No decisions in this time. Every request asks the policies, whose counts will be here.');
  }
  const columns = [{title: 'Policy'}, {title: 'Allowed', number: true}, {title: 'Refused', number: true},
    {title: 'Shadow', number: true}, {title: 'No Redis', number: true}];
  return table('Decisions of each policy in the time shown', columns, [...sums].map(([name, n]) => el('tr', {},
    cell(el('div', {}, el('strong', {}, name), share(n))),
    ...n.map(value => cell(count(value), {class: 'number'})))));
}

function share([allowed, refused, shadow]) {
  const all = allowed + refused + shadow || 1;
  const part = (n, color) => {
    const piece = el('span');
    piece.style.width = `${100 * n / all}%`;
    piece.style.background = `var(${color})`;
    return piece;
  };
  return el('div', {class: 'bar', 'aria-hidden': 'true'},
    part(allowed, '--c-allowed'), part(refused, '--c-refused'), part(shadow, '--c-shadow'));
}

export function keys(samples) {
  const sums = new Map();
  for (const sample of samples) {
    for (const [policy, key, n] of sample.k ?? []) {
      const id = JSON.stringify([policy, key]);
      sums.set(id, (sums.get(id) ?? 0) + n);
    }
  }
  if (sums.size === 0) {
    return empty('Nobody was refused in this time.');
  }
  const rows = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 10).map(([id, n]) => {
    const [policy, key] = JSON.parse(id);
    return el('tr', {}, cell(el('code', {}, key)), cell(policy), cell(count(n), {class: 'number'}));
  });
  return table('Keys that were refused most in the time shown', [{title: 'Key'}, {title: 'Policy'}, {title: 'Refused', number: true}], rows);
}

/** The parts, each with a strip of how it was; strips are returned for drawing. */
export function components(list, now) {
  const strips = [];
  const rows = list.map(c => {
    const strip = el('canvas', {class: 'strip', 'aria-hidden': 'true'});
    strips.push(strip);
    return el('tr', {},
      cell(el('strong', {}, c.name)),
      cell(el('span', {class: `state ${c.status}`}, MEANS[c.status])),
      cell(`for ${duration(now - c.since)}`, {class: 'time'}),
      cell(detail(c), {class: 'wide'}),
      cell(strip, {class: 'wide'}));
  });
  const columns = ['Part', 'State', 'Since', 'Detail', 'In the time shown'].map(title => ({title}));
  return {content: table('Health of the parts', columns, rows, 'stack'), strips};
}

function detail(c) {
  const facts = [c.connectivity && `connection ${c.connectivity}`, c.breaker && `breaker ${c.breaker}`, c.mode && `mode ${c.mode}`].filter(Boolean);
  return el('span', {}, c.detail, facts.length ? el('span', {class: 'muted'}, ` (${facts.join(', ')})`) : null);
}

/** One pixel column after another, in the colour of the state at that time. */
export function drawStrip(canvas, position, samples, from, to) {
  const width = canvas.width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  const height = canvas.height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
  const style = getComputedStyle(document.documentElement);
  const color = {o: '--c-heap', d: '--c-4xx', x: '--c-5xx'};
  const pen = canvas.getContext('2d');
  const scale = width / (to - from);
  for (const sample of samples) {
    const letter = sample.s[position];
    pen.fillStyle = style.getPropertyValue(color[letter] ?? '--soft');
    const x = (sample.t - 1000 - from) * scale;
    // Trouble is taller: colour is not the only sign.
    const tall = letter === 'o' ? .4 : 1;
    pen.fillRect(x, height * (1 - tall) / 2, 1000 * scale + 1, height * tall);
  }
}

export function changes(list, startedAt) {
  if (list.length === 0) {
    return empty(`Nothing has changed since the start at ${clock(startedAt)}.`);
  }
  const rows = newestFirst(list, 30).map(c => el('tr', {},
    cell(clock(c.t), {class: 'time'}),
    cell(el('strong', {}, c.name)),
    cell(el('span', {class: `state ${c.to}`}, c.from === c.to ? MEANS[c.to] : `${MEANS[c.from]} → ${MEANS[c.to]}`)),
    cell(c.detail, {class: 'wide rest'})));
  return table('What changed, the newest first', ['Time', 'Part', 'State', 'Now'].map(title => ({title})), rows, 'stack');
}

export function tile({name, figure, unit, aside, tone}) {
  return el('div', {class: 'tile', 'data-tone': tone},
    el('dt', {}, name),
    el('dd', {class: 'figure'}, figure, unit ? el('span', {class: 'unit'}, ` ${unit}`) : null),
    el('dd', {class: 'aside'}, aside));
}

const newestFirst = (list, most) => list.slice(-most).reverse();
