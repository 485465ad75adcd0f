// The conformance suite imports fs.globSync, which Node.js 20 lacks, for a command that the tests do not use:
// `node --import node20.mjs` gives the suite an fs that has the name.
import { register } from "node:module";

const hooks = `
export const resolve = (specifier, context, next) =>
  specifier === "fs" && context.parentURL?.includes("/conformance/")
    ? { url: "suite:fs", shortCircuit: true }
    : next(specifier, context);
export const load = (url, context, next) =>
  url === "suite:fs"
    ? {
        format: "module",
        shortCircuit: true,
        source: 'export * from "node:fs"; export { default } from "node:fs"; export const globSync = undefined;',
      }
    : next(url, context);
`;
register("data:text/javascript," + encodeURIComponent(hooks));
