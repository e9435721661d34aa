// GitHub's own description of its REST API, cut down to what RelayOps asks for: the whole of it takes prism minutes to read.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const repository = "/repos/{owner}/{repo}";
const asked = {
  "": ["get"],
  "/releases": ["get", "post"],
  "/releases/tags/{tag}": ["get"],
  "/releases/{release_id}": ["get", "patch", "delete"],
  "/releases/{release_id}/assets": ["post"],
  "/releases/assets/{asset_id}": ["get", "delete"],
  "/git/refs/{ref}": ["delete"],
  "/actions/artifacts": ["get"],
  "/actions/artifacts/{artifact_id}": ["delete"],
  "/actions/artifacts/{artifact_id}/{archive_format}": ["get"],
  "/actions/runs/{run_id}": ["get"],
  "/actions/workflows": ["get"],
  "/environments/{environment_name}": ["get", "put"],
  "/environments/{environment_name}/deployment-branch-policies": ["get", "post"],
  "/issues": ["get", "post"],
  "/issues/{issue_number}": ["patch"],
  "/issues/{issue_number}/comments": ["post"],
};

export async function description() {
  const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
  const whole = JSON.parse(await readFile(file, "utf8"));
  const cut = { openapi: whole.openapi, info: whole.info, servers: whole.servers, paths: {}, components: {} };
  for (const [path, methods] of Object.entries(asked)) {
    const described = whole.paths[repository + path];
    cut.paths[repository + path] = Object.fromEntries(methods.map(method => [method, described[method]]));
  }

  follow(cut.paths, whole, cut.components);
  amend(cut.paths);
  return cut;
}

/** Takes along what is referred to; leaves out the examples, and names no member that the description does not. */
function follow(node, whole, components) {
  if (Array.isArray(node)) node.forEach(item => follow(item, whole, components));
  if (node === null || typeof node !== "object") return;
  delete node.examples;
  if (node.type === "object" && node.properties && !node.allOf && !node.anyOf && !node.oneOf) node.additionalProperties ??= false;
  for (const [name, value] of Object.entries(node)) {
    if (name === "$ref") {
      const [, , kind, referred] = value.split("/");
      if (components[kind]?.[referred]) continue;
      (components[kind] ??= {})[referred] = whole.components[kind][referred];
      follow(components[kind][referred], whole, components);
    } else follow(value, whole, components);
  }
}

function amend(paths) {
  // A tag is the rest of the path, slash and all, which no template of a path can say.
  paths[`${repository}/git/refs/tags/{ref}`] = paths[`${repository}/git/refs/{ref}`];
  delete paths[`${repository}/git/refs/{ref}`];
  // Not described, though that is how GitHub says that there is none.
  paths[`${repository}/environments/{environment_name}`].get.responses["404"] = paths[`${repository}/releases/tags/{tag}`].get.responses["404"];
  // Prism follows a redirect itself, and so sees what lies at its end.
  const bytes = { "application/octet-stream": { schema: { type: "string", format: "binary" } } };
  for (const path of ["/releases/assets/{asset_id}", "/actions/artifacts/{artifact_id}/{archive_format}"])
    paths[repository + path].get.responses["200"] = { description: "The content", content: bytes };
}
