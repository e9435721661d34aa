// Expressions of workflows, by GitHub's own evaluator.
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

function status(name, value) {
  return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) };
}

/** @param {Record<string, unknown>} contexts such as github, inputs, vars
 *  @param {boolean} succeeded whether every step so far did */
export function evaluate(expression, contexts, succeeded = true) {
  const functions = [status("always", true), status("success", succeeded), status("failure", !succeeded), status("cancelled", false)];
  const parsed = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), functions).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed, context, new Map(functions.map(one => [one.name, one]))).evaluate();
}

/** Text with ${{ … }} in it, as GitHub puts it together. */
export function interpolate(text, contexts, succeeded) {
  return String(text).replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression) => evaluate(expression.trim(), contexts, succeeded).coerceString());
}

/** A value that is one expression as a whole, such as a matrix: back as JSON. */
export function value(text, contexts) {
  const whole = /^\$\{\{(.*)\}\}$/s.exec(String(text).trim());
  return whole ? plain(evaluate(whole[1].trim(), contexts)) : text;
}

export function condition(text, contexts, succeeded) {
  if (text === undefined) return succeeded;
  const expression = String(text).replace(/^\$\{\{(.*)\}\}$/s, "$1").trim();
  // Without a word about the status, a condition means that everything went well so far.
  const asks = /\b(always|success|failure|cancelled)\s*\(/.test(expression);
  const result = evaluate(expression, contexts, succeeded);
  return (asks || succeeded) && truthy(result);
}

function truthy(result) {
  switch (result.kind) {
    case data.Kind.Null: return false;
    case data.Kind.Boolean: return result.value;
    case data.Kind.Number: return result.value !== 0 && !Number.isNaN(result.value);
    case data.Kind.String: return result.value !== "";
    default: return true;
  }
}

function plain(node) {
  switch (node.kind) {
    case data.Kind.Array: return node.values().map(plain);
    case data.Kind.Dictionary: return Object.fromEntries(node.pairs().map(pair => [pair.key, plain(pair.value)]));
    case data.Kind.Null: return null;
    default: return node.value;
  }
}
