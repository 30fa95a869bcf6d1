// The live page: what comes from the gateway goes into the model, and from there onto the page.
import {Chart} from './charts.js';
import {Connection} from './connection.js';
import {byId, setText, show} from './dom.js';
import {clock, duration, mebibytes, millis, number, percent, plural} from './format.js';
import {Model, total} from './model.js';
import * as tables from './tables.js';

const model = new Model();
let seconds = 300;
let chosen = false;
let paused = false;
let shown = {};

const kindOf = i => sample => sample.n[i];
const latencyOf = i => sample => (sample.l ? sample.l[i] / 1000 : null);
const decided = i => sample => Object.values(sample.p ?? {}).reduce((sum, counts) => sum + counts[i], 0);

const charts = [
  new Chart(byId('chart-requests'), {
    label: 'Requests per second by status', stacked: true, format: number, unit: '', least: 1,
    series: [
      {name: '2xx', color: '--c-2xx', of: kindOf(0)}, {name: '3xx', color: '--c-3xx', of: kindOf(1)},
      {name: '4xx', color: '--c-4xx', of: kindOf(2)}, {name: '429', color: '--c-429', of: kindOf(3)},
      {name: '5xx', color: '--c-5xx', of: kindOf(4)}],
  }),
  new Chart(byId('chart-latency'), {
    label: 'Latency in milliseconds', format: number, unit: ' ms', least: 1,
    series: [
      {name: 'p99', color: '--c-p99', of: latencyOf(2)}, {name: 'p95', color: '--c-p95', dash: 'dashed', of: latencyOf(1)},
      {name: 'p50', color: '--c-p50', dash: 'dotted', of: latencyOf(0)}],
  }),
  new Chart(byId('chart-limiter'), {
    label: 'Rate limiter decisions per second', stacked: true, format: number, unit: '', least: 1,
    series: [
      {name: 'allowed', color: '--c-allowed', of: decided(0)}, {name: 'refused', color: '--c-refused', of: decided(1)},
      {name: 'shadow refused', color: '--c-shadow', of: decided(2)}],
  }),
  new Chart(byId('chart-cpu'), {
    label: 'Processor use in percent', format: number, unit: ' %', least: 10,
    series: [
      {name: 'gateway', color: '--c-cpu', of: s => (s.cpu < 0 ? null : s.cpu * 100)},
      {name: 'whole machine', color: '--c-sys', dash: 'dashed', of: s => (s.sys < 0 ? null : s.sys * 100)}],
  }),
  new Chart(byId('chart-memory'), {
    label: 'Heap in use in MiB', format: number, unit: ' MiB', least: 16,
    series: [{name: 'heap in use', color: '--c-heap', of: s => s.heap / 1048576}],
  }),
];

function render() {
  if (!model.hello || paused || document.hidden) {
    return;
  }
  const now = model.now();
  const samples = model.window(seconds);
  tiles(samples);
  charts.forEach(chart => chart.show(samples, seconds, now));
  if (shown.requests !== model.version.requests) {
    show(byId('recent'), tables.recent(model.requests, model.hello.publicUrl));
    setText(byId('recent-hint'), `Every one as it ends; under load the first ${model.hello.kept} of each second.`);
  }
  if (shown.errors !== model.version.errors) {
    show(byId('errors'), tables.errors(model.errors));
  }
  show(byId('policies'), tables.policies(samples));
  show(byId('keys'), tables.keys(samples));
  const parts = tables.components(model.components, now);
  show(byId('components'), parts.content);
  parts.strips.forEach((strip, i) => tables.drawStrip(strip, i, samples, now - seconds * 1000, now));
  if (shown.health !== model.version.health) {
    show(byId('changes'), tables.changes(model.changes, model.hello.startedAt));
    overall();
  }
  shown = {...model.version};
}

function tiles(samples) {
  const last = model.last();
  if (!last) {
    return;
  }
  const sum = of => samples.reduce((all, sample) => all + of(sample), 0);
  const all = sum(total);
  const failed = sum(kindOf(4));
  const refused = sum(kindOf(3));
  const peak = Math.max(...samples.map(total));
  const time = `in ${duration(seconds * 1000)}`;
  const slowest = Math.max(0, ...samples.map(s => (s.l ? s.l[3] : 0)));
  const lastLatency = samples.findLast(s => s.l)?.l;
  byId('tiles').replaceChildren(...[
    {name: 'Requests', figure: number(total(last)), unit: '/s', aside: `peak ${number(peak)}/s, ${plural(all, 'request')} ${time}`},
    {name: 'Latency p99', figure: lastLatency ? millis(lastLatency[2]) : '–', unit: lastLatency ? 'ms' : '',
      aside: lastLatency ? `p50 ${millis(lastLatency[0])} ms, slowest ${millis(slowest)} ms` : 'no requests yet'},
    {name: 'Failed (5xx)', figure: all ? number(100 * failed / all) : '–', unit: all ? '%' : '',
      aside: `${plural(failed, 'answer')} ${time}`, tone: failed ? 'bad' : null},
    {name: 'Refused (429)', figure: number(kindOf(3)(last)), unit: '/s', aside: `${plural(refused, 'request')} ${time}`,
      tone: kindOf(3)(last) ? 'warn' : null},
    {name: 'In flight', figure: number(last.a), unit: '', aside: 'requests not answered yet'},
    {name: 'Processor', figure: percent(last.cpu), unit: last.cpu < 0 ? '' : '%', aside: `machine ${percent(last.sys)} %`},
    {name: 'Heap', figure: mebibytes(last.heap), unit: 'MiB', aside: `of ${mebibytes(last.max)}, ${plural(last.thr, 'thread')}`},
  ].map(tables.tile));
}

function overall() {
  const bad = model.components.filter(c => c.status !== 'ok').map(c => c.name);
  const words = {ok: 'Healthy', degraded: `Degraded: ${bad.join(', ')}`, down: `Down: ${bad.join(', ')}`};
  setText(byId('overall'), words[model.status] ?? model.status);
  byId('overall').dataset.status = model.status;
}

/** Of a gateway that has just begun, five minutes would be an empty page. */
function suggestWindow() {
  if (!chosen) {
    seconds = model.samples.length < 90 ? 60 : 300;
    document.querySelector(`input[name="window"][value="${seconds}"]`).checked = true;
  }
}

function notice(text) {
  setText(byId('notice'), text);
  byId('notice').hidden = text === '';
}

const connection = new Connection({
  hello(hello) {
    const restarted = model.begin(hello);
    shown = {};
    suggestWindow();
    setText(byId('service'), hello.service);
    setText(byId('version'), hello.version);
    setText(byId('build'), `Build ${hello.commit}, started ${new Date(hello.startedAt).toLocaleString()}.`);
    document.title = `${hello.service} live`;
    notice(restarted ? `The gateway was started anew at ${clock(hello.startedAt)}: what is shown here began then.` : '');
    render();
  },
  tick(tick) {
    model.add(tick);
    render();
  },
  state(name, text) {
    setText(byId('connection'), text);
    byId('connection').dataset.state = name;
    document.body.toggleAttribute('data-stale', name !== 'live');
  },
  needToken(wrong) {
    setText(byId('ask-wrong'), wrong ? 'That was not the token.' : '');
    byId('ask').showModal();
    byId('token').focus();
  },
});

byId('ask-form').addEventListener('submit', event => {
  event.preventDefault();
  const token = byId('token').value;
  byId('token').value = '';
  byId('ask').close();
  connection.useToken(token);
});
byId('ask').addEventListener('cancel', event => event.preventDefault());

document.querySelectorAll('input[name="window"]').forEach(input => input.addEventListener('change', () => {
  seconds = Number(input.value);
  chosen = true;
  shown = {};
  render();
}));

byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', String(paused));
  setText(byId('pause'), paused ? 'Paused' : 'Pause');
  render();
});

document.addEventListener('visibilitychange', () => {
  shown = {};
  render();
});

const dark = matchMedia('(prefers-color-scheme: dark)');
let theme = localStorage.getItem('tollgate-theme') ?? 'auto';

function applyTheme() {
  document.documentElement.dataset.theme = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme;
  setText(byId('theme'), `Theme: ${theme}`);
  charts.forEach(chart => chart.recolour());
  shown = {};
  render();
}

byId('theme').addEventListener('click', () => {
  theme = {auto: 'light', light: 'dark', dark: 'auto'}[theme] ?? 'auto';
  localStorage.setItem('tollgate-theme', theme);
  applyTheme();
});
dark.addEventListener('change', applyTheme);

applyTheme();
connection.start();
