// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const tenth = new Intl.NumberFormat('en', {maximumFractionDigits: 1});
const hundredth = new Intl.NumberFormat('en', {maximumFractionDigits: 2});
const clockTime = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

export const number = value => Math.abs(value) >= 100 ? whole.format(value) : tenth.format(value);
export const count = value => whole.format(value);
export const precise = value => hundredth.format(value);
export const clock = millis => clockTime.format(new Date(millis));
export const percent = share => share < 0 ? '–' : number(share * 100);

/** Of microseconds: 0.42 or 12.3 or 1,234 milliseconds. */
export function millis(micros) {
  const ms = micros / 1000;
  return ms < 10 ? hundredth.format(ms) : number(ms);
}

export const mebibytes = bytes => number(bytes / 1048576);

/** 42 s, 3 min 20 s, 2 h 5 min, 3 days 4 h. */
export function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3600) {
    return `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ''}`;
  }
  const minutes = Math.floor(s / 60);
  if (s < 86400) {
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  const hours = Math.floor(s / 3600);
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

export const plural = (n, one, many = one + 's') => `${count(n)} ${n === 1 ? one : many}`;

/** The kind of a status, as the charts tell them apart. */
export const kind = status => status === 429 ? '429' : status < 300 ? '2xx' : status < 400 ? '3xx' : status < 500 ? '4xx' : '5xx';
