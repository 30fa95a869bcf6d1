// Charts, on uPlot: areas stacked or lines, all with the same time and the same cursor.
import {el, setText} from './dom.js';
import {clock} from './format.js';

const DASHES = {dashed: [7, 4], dotted: [2, 3]};
const together = () => window.uPlot.sync('time');

/** The points without neighbours, which no line shows. */
function alone(plot, series) {
  const values = plot.data[series];
  const there = i => values[i] !== null && values[i] !== undefined;
  return values.map((value, i) => i).filter(i => there(i) && !there(i - 1) && !there(i + 1));
}

/** One chart, with its legend, its tooltip, and its figures as a table for those who cannot see it. */
export class Chart {
  /**
   * @param options {label, stacked, format, unit, least, series: [{name, color, dash, of: sample => number or null}]}
   */
  constructor(where, options) {
    this.options = options;
    this.plotted = el('div', {class: 'plot', role: 'img', 'aria-label': options.label});
    this.tip = el('div', {class: 'tip', 'aria-hidden': 'true', hidden: true});
    this.values = options.series.map(() => el('b', {}, '–'));
    this.legend = el('ul', {class: 'legend', 'aria-label': `Legend: ${options.label}`},
      ...options.series.map((s, i) => el('li', {}, this.swatch(s), `${s.name} `, this.values[i])));
    this.rows = el('tbody');
    this.details = el('details', {}, el('summary', {}, 'Show as a table'), this.table());
    this.details.addEventListener('toggle', () => this.fillTable());
    where.replaceChildren(this.plotted, this.tip, this.legend, this.details);
    this.samples = [];
    new ResizeObserver(() => this.resize()).observe(this.plotted);
  }

  swatch(series) {
    const swatch = el('span', {class: `swatch ${this.options.stacked ? '' : 'line'} ${series.dash ?? ''}`});
    swatch.style.background = swatch.style.borderColor = `var(${series.color})`;
    return swatch;
  }

  table() {
    const titles = ['Time', ...this.options.series.map(s => s.name)];
    return el('div', {class: 'scroll', role: 'region', tabindex: '0', 'aria-label': `Table: ${this.options.label}`},
      el('table', {},
        el('caption', {class: 'hidden'}, `${this.options.label}, the latest twenty seconds`),
        el('thead', {}, el('tr', {}, ...titles.map((t, i) => el('th', {scope: 'col', class: i ? 'number' : null}, t)))),
        this.rows));
  }

  /** Shows these samples, the newest of which is at {@code until} or a moment before. */
  show(samples, seconds, until) {
    this.samples = samples;
    this.range = [until / 1000 - seconds, until / 1000];
    this.plot ??= this.create();
    this.plot.setData(this.data(), false);
    this.plot.batch(() => {
      this.plot.setScale('x', {min: this.range[0], max: this.range[1]});
      this.plot.setScale('y', {min: 0, max: this.top()});
    });
    const last = samples[samples.length - 1];
    this.options.series.forEach((s, i) => setText(this.values[i], last ? this.text(s.of(last)) : '–'));
    this.fillTable();
  }

  /** Draws anew, in the colours of now. */
  recolour() {
    this.plot?.destroy();
    this.plot = null;
  }

  text(value) {
    return value === null || value === undefined ? '–' : `${this.options.format(value)}${this.options.unit}`;
  }

  /** By columns: the time, then the series from the back to the front; gaps where a second is missing. */
  data() {
    const {series, stacked} = this.options;
    const columns = [[], ...series.map(() => [])];
    let before = 0;
    for (const sample of this.samples) {
      if (before && sample.t - before > 2500) {
        columns.forEach((column, i) => column.push(i ? null : (before + 1000) / 1000));
      }
      before = sample.t;
      columns[0].push(sample.t / 1000);
      let sum = 0;
      series.forEach((s, i) => {
        const value = s.of(sample);
        sum += value ?? 0;
        columns[i + 1].push(stacked ? sum : value ?? null);
      });
    }
    return stacked ? [columns[0], ...columns.slice(1).reverse()] : columns;
  }

  top() {
    const {series, stacked, least} = this.options;
    let top = least;
    for (const sample of this.samples) {
      const values = series.map(s => s.of(sample) ?? 0);
      top = Math.max(top, stacked ? values.reduce((a, b) => a + b, 0) : Math.max(...values));
    }
    return top * 1.08;
  }

  create() {
    const style = getComputedStyle(document.documentElement);
    const color = name => style.getPropertyValue(name).trim();
    const {series, stacked, format} = this.options;
    const drawn = (stacked ? [...series].reverse() : series).map(s => ({
      label: s.name,
      stroke: color(s.color),
      width: stacked ? 1 : 2,
      fill: stacked ? color(s.color) : undefined,
      dash: DASHES[s.dash],
      points: stacked ? {show: false} : {show: true, size: 5, fill: color(s.color), filter: alone},
    }));
    const axis = {stroke: color('--muted'), grid: {stroke: color('--grid'), width: 1}, ticks: {show: false}, font: '12px system-ui, sans-serif'};
    return new window.uPlot({
      width: this.plotted.clientWidth,
      height: this.plotted.clientHeight,
      legend: {show: false},
      cursor: {sync: {key: together().key}, drag: {x: false, y: false}, points: {size: 7}},
      scales: {x: {time: true, range: () => this.range}, y: {range: (u, min, max) => [0, max]}},
      axes: [
        {...axis, size: 30, space: 90, values: (u, splits) => splits.map(s => clock(s * 1000))},
        {...axis, size: 52, space: 36, values: (u, splits) => splits.map(format)},
      ],
      series: [{}, ...drawn],
      hooks: {setCursor: [u => this.point(u)]},
    }, [[], ...series.map(() => [])], this.plotted);
  }

  resize() {
    if (this.plot && this.plotted.clientWidth > 0) {
      this.plot.setSize({width: this.plotted.clientWidth, height: this.plotted.clientHeight});
    }
  }

  /** The tooltip at the cursor; only on the chart that the pointer is on. */
  point(plot) {
    const at = plot.cursor.idx;
    const sample = at === null || at === undefined ? undefined : this.sampleAt(plot.data[0][at]);
    if (!sample || !this.plotted.matches(':hover')) {
      this.tip.hidden = true;
      return;
    }
    this.tip.replaceChildren(el('p', {}, clock(sample.t)), ...this.options.series.map(s =>
      el('div', {}, this.swatch(s), s.name, el('b', {}, this.text(s.of(sample))))));
    this.tip.hidden = false;
    const left = plot.cursor.left + 64;
    const right = left + this.tip.offsetWidth + 12 > this.plotted.clientWidth;
    this.tip.style.left = `${Math.max(0, right ? left - this.tip.offsetWidth - 24 : left)}px`;
    this.tip.style.top = '8px';
  }

  sampleAt(seconds) {
    return this.samples.find(s => s.t / 1000 === seconds);
  }

  fillTable() {
    if (this.details.open) {
      this.rows.replaceChildren(...this.samples.slice(-20).reverse().map(sample => el('tr', {},
        el('td', {class: 'time'}, clock(sample.t)),
        ...this.options.series.map(s => el('td', {class: 'number'}, this.text(s.of(sample)))))));
    }
  }
}
