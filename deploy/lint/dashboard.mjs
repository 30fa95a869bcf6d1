// Checks the Grafana dashboards' layout, and writes their queries as recording rules, for promtool to parse, to standard output.
import {readFileSync, readdirSync} from 'node:fs';
import {stringify} from 'yaml';

const folder = 'deploy/monitoring/grafana/dashboards';
const problems = [];
const rules = [];

for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
  const {panels, templating} = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
  const variables = new Set([...templating.list.map(variable => variable.name), '__rate_interval', '__all']);
  const ids = new Set();
  const taken = new Map();
  for (const panel of panels) {
    if (ids.has(panel.id)) problems.push(`${file}: two panels with the id ${panel.id}`);
    ids.add(panel.id);
    const {x, y, w, h} = panel.gridPos;
    if (x + w > 24) problems.push(`${file}: ${panel.title}: is wider than the page`);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const other = taken.get(`${column},${line}`);
        if (other && other !== panel.title) problems.push(`${file}: ${panel.title}: overlaps ${other}`);
        taken.set(`${column},${line}`, panel.title);
      }
    }
    for (const {expr} of panel.targets ?? []) {
      // ${1} is a group of label_replace, not a variable.
      for (const [, name] of expr.matchAll(/\$\{?([A-Za-z_]\w*)\}?/g)) {
        if (!variables.has(name)) problems.push(`${file}: ${panel.title}: there is no variable ${name}`);
      }
      rules.push({
        record: `dashboard:query:${rules.length}`,
        expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
      });
    }
  }
}

for (const problem of new Set(problems)) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
console.log(stringify({groups: [{name: 'dashboards', rules}]}));
