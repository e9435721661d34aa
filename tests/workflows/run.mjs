// Runs the steps of a workflow for real: node run.mjs <event.json>; says how each step ended, as JSON lines, and ends with 1 when a job failed.
//
// event.json: { workflow, directory (where steps run), artifacts (where uploads go), environment (the runner's own variables),
//               github, inputs, vars, secrets, runner }
// Actions: checkout and setup-dotnet have nothing to do here, upload-artifact copies. Any other is an error, and so is every key that is not
// listed here: what is not understood must not look as if it had been done.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { condition, interpolate, value } from "./expressions.mjs";

const event = JSON.parse(readFileSync(process.argv[2], "utf8"));
const workflow = parse(readFileSync(event.workflow, "utf8"));
const given = { github: event.github, inputs: inputs(), vars: event.vars ?? {}, secrets: event.secrets ?? {}, runner: event.runner ?? { os: "Linux" } };

const known = {
  // What is beside them is held by the policy's tests: permissions, timeouts, concurrency.
  workflow: ["name", "run-name", "on", "permissions", "jobs"],
  job: ["name", "runs-on", "timeout-minutes", "environment", "permissions", "concurrency", "strategy", "env", "steps"],
  strategy: ["fail-fast", "max-parallel", "matrix"],
  step: ["name", "id", "if", "run", "uses", "with", "env"],
  "actions/checkout": ["persist-credentials"],
  "actions/setup-dotnet": ["global-json-file"],
  "actions/upload-artifact": ["name", "path", "archive", "if-no-files-found", "retention-days"],
};

function requireKnown(what, map) {
  const unknown = Object.keys(map ?? {}).filter(key => !known[what].includes(key));
  if (unknown.length > 0) throw new Error(`nothing is known of the key '${unknown[0]}' of ${what}`);
}

/** What was typed, completed by the defaults, as a dispatch does it; empty for a schedule. */
function inputs() {
  if (event.github.event_name !== "workflow_dispatch") return {};
  const declared = workflow.on.workflow_dispatch?.inputs ?? {};
  for (const name of Object.keys(event.inputs ?? {})) if (!declared[name]) throw new Error(`the workflow has no input '${name}'`);
  return Object.fromEntries(Object.entries(declared).map(([name, input]) => {
    const typed = event.inputs?.[name] ?? input.default;
    if (typed === undefined && input.required) throw new Error(`input '${name}' is required`);
    if (input.options && !input.options.includes(typed)) throw new Error(`input '${name}' cannot be '${typed}'`);
    return [name, typed];
  }));
}

function* matrixOf(job) {
  requireKnown("strategy", job.strategy);
  for (const name of ["include", "exclude"]) if (job.strategy?.matrix?.[name]) throw new Error(`nothing is known of the key '${name}' of matrix`);
  const axes = Object.entries(job.strategy?.matrix ?? {}).map(([name, values]) => [name, value(values, given)]);
  function* combine(index, chosen) {
    if (index === axes.length) yield chosen;
    else for (const one of axes[index][1]) yield* combine(index + 1, { ...chosen, [axes[index][0]]: one });
  }
  yield* combine(0, {});
}

function runScript(step, environment, paths) {
  const files = mkdtempSync(join(event.directory, ".runner-"));
  const named = Object.fromEntries(["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"].map(name => [name, join(files, name)]));
  for (const file of Object.values(named)) writeFileSync(file, "");
  const path = [...paths, ...(event.environment.PATH === undefined ? [] : [event.environment.PATH])].join(delimiter);
  const result = spawnSync("bash", ["-e", "-o", "pipefail", "-c", step.run], {
    cwd: event.directory, encoding: "utf8", maxBuffer: 64 << 20,
    env: { ...event.environment, ...(path === "" ? {} : { PATH: path }), ...runnerVariables(), ...environment, ...named },
  });
  const written = name => readFileSync(named[name], "utf8");
  return {
    status: result.status ?? 1, log: result.stdout + result.stderr, summary: written("GITHUB_STEP_SUMMARY"), outputs: valuesOf(written("GITHUB_OUTPUT")),
    variables: valuesOf(written("GITHUB_ENV")), paths: written("GITHUB_PATH").split("\n").filter(line => line !== ""),
  };
}

function runnerVariables() {
  const { github } = event;
  return {
    CI: "true", GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: github.event_name, GITHUB_REPOSITORY: github.repository, GITHUB_RUN_ID: `${github.run_id}`,
    RUNNER_ENVIRONMENT: "github-hosted", GITHUB_API_URL: github.api_url, GITHUB_SERVER_URL: github.server_url, GITHUB_WORKSPACE: event.directory,
  };
}

/** name=value, or name<<delimiter and lines up to it, as a runner reads GITHUB_OUTPUT and GITHUB_ENV; anything else fails there, too. */
function valuesOf(text) {
  const values = {};
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const long = /^([^=]+?)<<(.+)$/.exec(lines[index]);
    const short = /^([^=]+)=(.*)$/.exec(lines[index]);
    if (long) {
      const end = lines.indexOf(long[2], index + 1);
      if (end < 0) throw new Error(`the value of '${long[1]}' does not end`);
      values[long[1]] = lines.slice(index + 1, end).join("\n");
      index = end;
    } else if (short) values[short[1]] = short[2];
    else if (lines[index] !== "") throw new Error(`'${lines[index]}' is no value of a step`);
  }
  return values;
}

const actions = {
  "actions/checkout": () => 0,
  "actions/setup-dotnet": () => 0,
  "actions/upload-artifact": options => {
    // One a line; a star in the last part of a path, and no other pattern: no workflow here uses more.
    const files = options.path.split("\n").filter(line => line.trim() !== "").flatMap(line => matches(resolve(event.directory, line.trim())));
    if (files.length === 0) return options["if-no-files-found"] === "error" ? 1 : 0;
    const directory = options.archive === "false" ? event.artifacts : join(event.artifacts, options.name);
    if (options.archive === "false" && files.length !== 1) return 1;
    mkdirSync(directory, { recursive: true });
    for (const file of files) cpSync(file, join(directory, basename(file)), { recursive: statSync(file).isDirectory() });
    return 0;
  },
};

function runAction(step, options) {
  const name = step.uses.split("@")[0];
  if (!actions[name]) throw new Error(`nothing is known of the action ${step.uses}`);
  requireKnown(name, options);
  return { status: actions[name](options), log: "", summary: "", outputs: {}, variables: {}, paths: [] };
}

function texts(map, contexts, succeeded) {
  return Object.fromEntries(Object.entries(map ?? {}).map(([name, text]) => [name, interpolate(text, contexts, succeeded)]));
}

function runJob(job, matrix) {
  let succeeded = true;
  let paths = [];
  const contexts = { ...given, matrix, strategy: {}, steps: {}, env: texts(job.env, { ...given, matrix }) };
  for (const step of job.steps) {
    requireKnown("step", step);
    const name = step.name ?? step.uses;
    if (!condition(step.if, contexts, succeeded)) {
      console.log(JSON.stringify({ step: name, matrix, outcome: "skipped" }));
      continue;
    }
    const environment = { ...contexts.env, ...texts(step.env, contexts, succeeded) };
    const { variables, paths: added, ...result } = step.run ? runScript(step, environment, paths) : runAction(step, texts(step.with, contexts, succeeded));
    // For the steps that follow, and before the job's own; of paths, the last one added is looked into first.
    Object.assign(contexts.env, variables);
    paths = [...added.reverse(), ...paths];
    const outcome = result.status === 0 ? "success" : "failure";
    succeeded &&= result.status === 0;
    if (step.id) contexts.steps[step.id] = { outputs: result.outputs, outcome, conclusion: outcome };
    console.log(JSON.stringify({ step: name, matrix, outcome, ...result }));
  }
  return succeeded;
}

if (!existsSync(event.artifacts)) mkdirSync(event.artifacts, { recursive: true });
requireKnown("workflow", workflow);
let failed = false;
for (const job of Object.values(workflow.jobs)) {
  requireKnown("job", job);
  for (const matrix of matrixOf(job)) failed = !runJob(job, matrix) || failed;
}
process.exitCode = failed ? 1 : 0;

function matches(path) {
  if (!basename(path).includes("*")) return existsSync(path) ? [path] : [];
  const [begin, end] = basename(path).split("*");
  return existsSync(dirname(path)) ? readdirSync(dirname(path)).filter(name => name.startsWith(begin) && name.endsWith(end)).map(name => join(dirname(path), name)) : [];
}
