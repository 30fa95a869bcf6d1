// Reads the server-sent events of /events through fetch, which can send a token; comes back whenever the stream ends.

const SILENCE = 6000;
const PAUSES = [500, 1000, 2000, 3000, 5000];
const KEPT_AS = 'tollgate-admin-token';

export class Connection {
  /** on: {hello, tick, state(name, text), needToken(wasWrong)} */
  constructor(on) {
    this.on = on;
    this.attempts = 0;
    this.timer = null;
  }

  /** Connects, now rather than later. */
  async start() {
    clearTimeout(this.timer);
    this.timer = null;
    const abort = new AbortController();
    const watch = new Watch(() => abort.abort());
    try {
      const response = await fetch('events', {headers: this.headers(), signal: abort.signal, cache: 'no-store'});
      if (response.status === 401) {
        const wrong = sessionStorage.getItem(KEPT_AS) !== null;
        sessionStorage.removeItem(KEPT_AS);
        this.on.state('refused', 'Waiting for the token');
        this.on.needToken(wrong);
        return;
      }
      if (!response.ok) {
        this.again('refused', `Refused: ${await reason(response)}`);
        return;
      }
      await this.read(response.body, watch);
      this.again('lost', 'Connection lost, trying again…');
    } catch (failure) {
      this.again('lost', 'Connection lost, trying again…');
      if (!(failure instanceof TypeError) && failure.name !== 'AbortError') {
        throw failure;
      }
    } finally {
      watch.stop();
      abort.abort();
    }
  }

  useToken(token) {
    sessionStorage.setItem(KEPT_AS, token);
    this.start();
  }

  headers() {
    const token = sessionStorage.getItem(KEPT_AS);
    return token === null ? {} : {Authorization: `Bearer ${token}`};
  }

  again(state, text) {
    this.on.state(state, text);
    const pause = PAUSES[Math.min(this.attempts, PAUSES.length - 1)];
    this.attempts++;
    this.timer = setTimeout(() => this.start(), pause);
  }

  async read(body, watch) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const {done, value} = await reader.read();
      if (done) {
        return;
      }
      watch.heard();
      const messages = (rest + value).split('\n\n');
      rest = messages.pop();
      messages.forEach(message => this.message(message));
    }
  }

  message(text) {
    const lines = text.split('\n');
    const field = name => lines.filter(l => l.startsWith(`${name}:`)).map(l => l.slice(name.length + 1).trimStart()).join('\n');
    const event = field('event');
    if (event === 'hello') {
      this.attempts = 0;
      this.on.state('live', 'Live');
      this.on.hello(JSON.parse(field('data')));
    } else if (event === 'tick') {
      this.on.tick(JSON.parse(field('data')));
    }
  }
}

/** Acts when nothing was heard for a while: a connection may be dead without having ended. */
class Watch {
  constructor(act) {
    this.act = act;
    this.heard();
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.act, SILENCE);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

async function reason(response) {
  try {
    return (await response.json()).message;
  } catch {
    return `status ${response.status}`;
  }
}
