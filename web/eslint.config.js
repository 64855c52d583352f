import path from "node:path";
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** The one rule of the house: who may import whom. Lower layers never reach up; features never import features. */
const allowed = {
  app: ["app", "features", "tasks", "commands", "canvas", "media", "ui", "lib", "api"],
  features: ["tasks", "commands", "canvas", "media", "ui", "lib", "api"],
  tasks: ["tasks", "canvas", "media", "ui", "lib", "api"],
  commands: ["commands", "tasks", "ui", "lib", "api"],
  canvas: ["canvas", "lib", "api"],
  media: ["media", "ui", "lib", "api"],
  ui: ["ui", "lib", "api"],
  lib: ["lib", "api"],
  api: ["api", "lib"],
};
const source = path.join(import.meta.dirname, "src");

/** ["features", "data"] for src/features/data/x.ts. */
function zoneOf(file) {
  return path.relative(source, file).split(path.sep);
}

const zones = {
  meta: { type: "problem", schema: [], messages: { zone: "{{from}} may import only: {{may}}.", apart: "A feature never imports another; what two need belongs in ui, lib or api." } },
  create(context) {
    const [layer, part] = zoneOf(context.filename);
    const check = (node) => {
      const name = node.source?.value;
      if (typeof name !== "string" || !name.startsWith(".") || !(layer in allowed)) return;
      const [target, targetPart] = zoneOf(path.resolve(path.dirname(context.filename), name));
      if (!(target in allowed) || (target === layer && target !== "features")) return;
      if (target === "features" && layer === "features") {
        if (part !== targetPart) context.report({ node, messageId: "apart" });
      } else if (!allowed[layer].includes(target)) {
        context.report({ node, messageId: "zone", data: { from: layer, may: allowed[layer].join(", ") } });
      }
    };
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

export default defineConfig(
  { ignores: ["node_modules", "dev", "dist", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { house: { rules: { zones } }, "react-hooks": hooks },
    rules: {
      "house/zones": "error",
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
    },
  },
);
