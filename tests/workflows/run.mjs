// Runs the steps of a workflow for real: node run.mjs <event.json>; says how each step ended, as JSON lines, and ends with 1 when a job failed.
//
// event.json: { workflow, directory (where steps run), artifacts (where uploads go), environment (the runner's own variables),
//               github, inputs, vars, secrets, runner }
// Actions: checkout and setup-dotnet have nothing to do here, upload-artifact copies. Any other is an error.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { condition, interpolate, value } from "./expressions.mjs";

const event = JSON.parse(readFileSync(process.argv[2], "utf8"));
const workflow = parse(readFileSync(event.workflow, "utf8"));
const given = { github: event.github, inputs: inputs(), vars: event.vars ?? {}, secrets: event.secrets ?? {}, runner: event.runner ?? { os: "Linux" } };

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
  const axes = Object.entries(job.strategy?.matrix ?? {}).map(([name, values]) => [name, value(values, given)]);
  function* combine(index, chosen) {
    if (index === axes.length) yield chosen;
    else for (const one of axes[index][1]) yield* combine(index + 1, { ...chosen, [axes[index][0]]: one });
  }
  yield* combine(0, {});
}

function runScript(step, environment) {
  const files = mkdtempSync(join(event.directory, ".runner-"));
  const [output, summary] = ["output", "summary"].map(name => join(files, name));
  for (const file of [output, summary]) writeFileSync(file, "");
  const result = spawnSync("bash", ["-e", "-o", "pipefail", "-c", step.run], {
    cwd: event.directory, encoding: "utf8", maxBuffer: 64 << 20,
    env: { ...event.environment, ...runnerVariables(), ...environment, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
  });
  return { status: result.status ?? 1, log: result.stdout + result.stderr, summary: readFileSync(summary, "utf8"), outputs: outputsOf(readFileSync(output, "utf8")) };
}

function runnerVariables() {
  const { github } = event;
  return {
    CI: "true", GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: github.event_name, GITHUB_REPOSITORY: github.repository, GITHUB_RUN_ID: `${github.run_id}`,
    GITHUB_API_URL: github.api_url, GITHUB_SERVER_URL: github.server_url, GITHUB_WORKSPACE: event.directory,
  };
}

function outputsOf(text) {
  const outputs = {};
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const long = /^([^=]+)<<(.+)$/.exec(lines[index]);
    const short = /^([^=]+)=(.*)$/.exec(lines[index]);
    if (long) {
      const end = lines.indexOf(long[2], index + 1);
      outputs[long[1]] = lines.slice(index + 1, end).join("\n");
      index = end;
    } else if (short) outputs[short[1]] = short[2];
  }
  return outputs;
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
  const action = actions[step.uses.split("@")[0]];
  if (!action) throw new Error(`nothing is known of the action ${step.uses}`);
  return { status: action(options), log: "", summary: "", outputs: {} };
}

function texts(map, contexts, succeeded) {
  return Object.fromEntries(Object.entries(map ?? {}).map(([name, text]) => [name, interpolate(text, contexts, succeeded)]));
}

function runJob(job, matrix) {
  let succeeded = true;
  const contexts = { ...given, matrix, strategy: {}, steps: {}, env: texts(job.env, { ...given, matrix }) };
  for (const step of job.steps) {
    const name = step.name ?? step.uses;
    if (!condition(step.if, contexts, succeeded)) {
      console.log(JSON.stringify({ step: name, matrix, outcome: "skipped" }));
      continue;
    }
    const environment = { ...contexts.env, ...texts(step.env, contexts, succeeded) };
    const result = step.run ? runScript(step, environment) : runAction(step, texts(step.with, contexts, succeeded));
    const outcome = result.status === 0 ? "success" : "failure";
    succeeded &&= result.status === 0;
    if (step.id) contexts.steps[step.id] = { outputs: result.outputs, outcome, conclusion: outcome };
    console.log(JSON.stringify({ step: name, matrix, outcome, ...result }));
  }
  return succeeded;
}

if (!existsSync(event.artifacts)) mkdirSync(event.artifacts, { recursive: true });
let failed = false;
for (const job of Object.values(workflow.jobs)) {
  for (const matrix of matrixOf(job)) failed = !runJob(job, matrix) || failed;
}
process.exitCode = failed ? 1 : 0;

function matches(path) {
  if (!basename(path).includes("*")) return existsSync(path) ? [path] : [];
  const [begin, end] = basename(path).split("*");
  return existsSync(dirname(path)) ? readdirSync(dirname(path)).filter(name => name.startsWith(begin) && name.endsWith(end)).map(name => join(dirname(path), name)) : [];
}
