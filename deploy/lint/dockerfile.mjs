// Lints the Dockerfile: what does not parse, is deprecated, or cannot work.
import {readFileSync} from 'node:fs';
import {validate} from 'dockerfile-utils';

const file = 'Dockerfile';
const problems = validate(readFileSync(file, 'utf8'));
for (const problem of problems) {
  console.error(`${file}:${problem.range.start.line + 1}: ${problem.message}`);
}
process.exitCode = problems.length === 0 ? 0 : 1;
