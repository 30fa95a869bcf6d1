// What the gateway said so far. Each connection begins with all of it, so that nothing of an earlier one is mixed in.
import {kind} from './format.js';

const REMEMBERED = 100;

export class Model {
  constructor() {
    this.hello = null;
    this.samples = [];
    this.requests = [];
    this.errors = [];
    this.components = [];
    this.changes = [];
    this.status = 'unknown';
    this.version = {requests: 0, errors: 0, health: 0};
  }

  /** Everything anew; returns whether it is of another run of the gateway than before. */
  begin(hello) {
    const restarted = this.hello !== null && this.hello.instance !== hello.instance;
    this.hello = hello;
    this.samples = hello.samples;
    this.requests = hello.requests;
    this.errors = hello.errors;
    this.health(hello);
    this.version.requests++;
    this.version.errors++;
    return restarted;
  }

  /** One second more. */
  add(tick) {
    push(this.samples, [tick.sample], this.hello.maxSamples);
    if (push(this.requests, tick.requests, REMEMBERED)) {
      this.version.requests++;
    }
    if (tick.errors.length > 0) {
      this.errors.push(...tick.errors);
      this.errors = lastOfEachKind(this.errors, this.hello.maxErrors);
      this.version.errors++;
    }
    if (tick.components) {
      this.health(tick);
    }
  }

  health(news) {
    this.components = news.components;
    this.changes = news.changes;
    this.status = news.status;
    this.version.health++;
  }

  /** The gateway's time. */
  now() {
    return this.samples.length ? this.samples[this.samples.length - 1].t : this.hello.now;
  }

  last() {
    return this.samples[this.samples.length - 1];
  }

  /** The samples of the last seconds. */
  window(seconds) {
    const from = this.now() - seconds * 1000;
    let i = Math.max(0, this.samples.length - seconds);
    while (i < this.samples.length && this.samples[i].t <= from) {
      i++;
    }
    return this.samples.slice(i);
  }
}

export const total = sample => sample.n.reduce((sum, n) => sum + n, 0);

/** A flood of one kind does not wash the others away. */
function lastOfEachKind(errors, most) {
  const left = new Map();
  return errors.reduceRight((kept, error) => {
    const room = left.get(kind(error.s)) ?? most;
    left.set(kind(error.s), room - 1);
    return room > 0 ? [error, ...kept] : kept;
  }, []);
}

function push(list, news, most) {
  list.push(...news);
  if (list.length > most) {
    list.splice(0, list.length - most);
  }
  return news.length > 0;
}
