// Validates deploy/kubernetes: each object against its schema, unknown fields too, and that the objects fit each other.
import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';
import {parse, parseAllDocuments} from 'yaml';

const folder = 'deploy/kubernetes';
const problems = [];
const objects = [];
const check = (holds, problem) => { if (!holds) problems.push(problem); };
const read = file => readFileSync(`${folder}/${file}`, 'utf8');

// What is applied, file by file, and the example beside it.
const kustomization = parse(read('kustomization.yaml'));
const component = parse(read('monitoring/kustomization.yaml'));
const applied = [...kustomization.resources, ...component.resources.map(file => `monitoring/${file}`)];
for (const file of readdirSync(folder, {recursive: true}).filter(name => /\.yaml$/.test(name))) {
  check(
    applied.includes(file) || /(^|\/)(kustomization|config|secret\.example)\.yaml$/.test(file),
    `${file}: no kustomization has it`);
}
for (const file of [...applied, 'secret.example.yaml']) {
  if (!existsSync(`${folder}/${file}`)) {
    problems.push(`${file}: is in a kustomization, but not there`);
    continue;
  }
  for (const document of parseAllDocuments(read(file), {merge: true})) {
    for (const error of document.errors) problems.push(`${file}: ${error.message}`);
    objects.push({file, object: document.toJS()});
  }
}

// Schemas say what values may be; types, in which an object literal may have no field that its interface lacks, the rest.
let source = '';
for (const [index, {file, object}] of objects.entries()) {
  const custom = object.apiVersion.startsWith('monitoring.coreos.com/');
  const module = `${custom ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models'}/${object.apiVersion}`;
  try {
    const Kind = (await import(module))[object.kind];
    new Kind(object).validate();
    source += `import type {I${object.kind} as Kind${index}} from '${module}';\n`
      + `const object${index}: Kind${index} = ${JSON.stringify(object, null, 1)}; // ${file}\n`;
  } catch (error) {
    problems.push(`${file}: ${object.kind}: ${error.message}`);
  }
}
const cache = fileURLToPath(new URL('node_modules/.cache', import.meta.url));
mkdirSync(cache, {recursive: true});
writeFileSync(`${cache}/objects.ts`, source);
const program = ts.createProgram([`${cache}/objects.ts`], {
  strict: true, noEmit: true, skipLibCheck: true, types: [],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
});
for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
  const line = diagnostic.file?.text.slice(diagnostic.start).split('\n', 1)[0].trim();
  problems.push(`${folder}: ${line}: ${text}`);
}

// What no schema sees: that names lead somewhere, and that times leave room for each other.
const the = (kind, name = 'tollgate') =>
  objects.find(({object}) => object.kind === kind && object.metadata.name === name)?.object ?? {};
const deployment = the('Deployment').spec;
const pod = deployment.template;
const [gateway] = pod.spec.containers;
const selects = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);
const ports = new Set(gateway.ports.map(port => port.name));
const config = parse(read('config.yaml'));
const seconds = text => Number(/^(\d+)s$/.exec(text)[1]);

check(selects(deployment.selector.matchLabels, pod.metadata.labels), 'the deployment does not select its pods');
for (const {file, object} of objects.filter(({object}) => object.kind === 'Service')) {
  check(selects(object.spec.selector, pod.metadata.labels), `${file}: ${object.metadata.name} selects no pod`);
  for (const port of object.spec.ports) check(ports.has(port.targetPort), `${file}: no port is called ${port.targetPort}`);
}
for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
  check(ports.has(gateway[probe].httpGet.port), `${probe}: no port is called ${gateway[probe].httpGet.port}`);
}
check(selects(the('PodDisruptionBudget').spec.selector.matchLabels, pod.metadata.labels), 'the budget is of no pod');
check(selects(the('NetworkPolicy').spec.podSelector.matchLabels, pod.metadata.labels), 'the network policy is of no pod');
const monitor = the('ServiceMonitor').spec;
check(selects(monitor.selector.matchLabels, the('Service', 'tollgate-admin').metadata.labels), 'nothing is monitored');
const target = the('HorizontalPodAutoscaler').spec;
check(the(target.scaleTargetRef.kind, target.scaleTargetRef.name).spec, 'the autoscaler scales nothing');
check(deployment.replicas === undefined, 'the deployment sets replicas, which the autoscaler does');
check(target.minReplicas === config.rate_limit.replicas, 'rate_limit.replicas is not the minReplicas of the autoscaler');
const secret = Object.keys(the('Secret').stringData);
const mounted = pod.spec.volumes.find(volume => volume.secret?.secretName === the('Secret').metadata.name);
const {mountPath} = gateway.volumeMounts.find(mount => mount.name === mounted.name);
for (const {name, value} of gateway.env.filter(variable => variable.name.endsWith('_FILE'))) {
  check(secret.some(key => value === `${mountPath}/${key}`), `${name}: the secret has no ${value}`);
}
for (const {configMap} of pod.spec.volumes.filter(volume => volume.configMap)) {
  check(kustomization.configMapGenerator.some(map => map.name === configMap.name), `there is no config map ${configMap.name}`);
}
const {drain_delay: delay, graceful_shutdown_timeout: timeout} = config.server.http;
const drain = seconds(delay) + seconds(timeout);
check(seconds(delay) >= 5, `drain_delay: ${delay} is too short for the endpoint to be taken away everywhere`);
// Beyond the timeout for requests, those that are left are cut (5 s), and five other steps have 2 s each.
check(pod.spec.terminationGracePeriodSeconds >= drain + 15, `terminationGracePeriodSeconds leaves no room for a drain of ${drain} s`);

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
