// Puts prism with GitHub's own description before a server: node prism.mjs <upstream>; ends with its standard input.
// Says in lines of JSON: { listening: address }, and { violation, request } whenever one of the two sides left the description.
//
// What prism cannot hold: bytes (it reads every body as text, whole), redirects (it follows them), and so a download that is resumed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { description } from "./description.mjs";

const directory = mkdtempSync(join(tmpdir(), "relayops-prism-"));
const file = join(directory, "api.json");
writeFileSync(file, JSON.stringify(await description()));
const program = createRequire(import.meta.url).resolve("@stoplight/prism-cli/dist/index.js");
const prism = spawn(process.execPath, [program, "proxy", file, process.argv[2], "--errors", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });

function tell(said) {
  console.log(JSON.stringify(said));
}

// A door of its own, since prism tells a violation to the client alone.
const door = createServer((asked, answer) => {
  const headers = { ...asked.headers };
  // Octokit calls its JSON a form, and GitHub takes it for what it is.
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) headers["content-type"] = "application/json";
  const onward = request(`${prism.address}${asked.url}`, { method: asked.method, headers }, answered => {
    if (answered.headers["content-type"] === "application/problem+json") {
      let problem = "";
      answered.on("data", text => (problem += text)).on("end", () => tell({ violation: problem, request: `${asked.method} ${asked.url}` }));
    }
    answer.writeHead(answered.statusCode, answered.headers);
    answered.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
});

let log = "";
prism.stdout.on("data", text => {
  if (prism.address) return;
  log += text;
  prism.address = /listening on (http:\S+)/.exec(log)?.[1];
  if (prism.address) door.listen(0, "127.0.0.1", () => tell({ listening: `http://127.0.0.1:${door.address().port}/` }));
});

function end() {
  prism.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
  process.exit();
}

prism.on("exit", status => {
  console.error(`prism ended with ${status}: ${log}`);
  end();
});
process.stdin.on("end", end).resume();
