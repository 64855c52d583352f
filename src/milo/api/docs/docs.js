/* Shows the OpenAPI document: operations by group, with what goes in and what comes out. Texts are set as text, never as HTML. */
"use strict";

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

let schemas = {};

/** The schema as one readable line or block, references opened once on each path. */
function sketch(schema, indent = "", seen = []) {
  if (!schema) return "any";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return seen.includes(name) ? name : sketch(schemas[name], indent, [...seen, name]);
  }
  if (schema.anyOf) return schema.anyOf.map((one) => sketch(one, indent, seen)).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `[${sketch(schema.items, indent, seen)}]`;
  if (schema.properties) return sketchObject(schema, indent, seen);
  if (schema.type === "object") return `{[name]: ${sketch(schema.additionalProperties, indent, seen)}}`;
  return schema.type || "any";
}

function sketchObject(schema, indent, seen) {
  const inner = `${indent}  `;
  const required = new Set(schema.required || []);
  const lines = Object.entries(schema.properties).map(([name, kind]) => {
    const fallback = kind.default === undefined ? "" : `   (default ${JSON.stringify(kind.default)})`;
    return `${inner}${name}${required.has(name) ? "" : "?"}: ${sketch(kind, inner, seen)}${fallback}`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function section(title, text) {
  return text ? [make("h3", { textContent: title }), make("pre", { textContent: text })] : [];
}

function describe(schema) {
  const name = schema && schema.$ref ? schema.$ref.split("/").pop() : null;
  const note = name && schemas[name].description ? `${schemas[name].description}\n\n` : "";
  return note + sketch(schema);
}

function parameters(operation, place) {
  const found = (operation.parameters || []).filter((one) => one.in === place);
  return found.map((one) => `${one.name}${one.required ? "" : "?"}: ${sketch(one.schema)}`).join("\n");
}

function content(part) {
  const [type, body] = Object.entries((part && part.content) || {})[0] || [];
  if (!type) return "";
  return type === "application/json" ? describe(body.schema) : type;
}

function card(path, method, operation) {
  const status = Object.keys(operation.responses)[0];
  const right = operation["x-action"] ? `Needs the right "${operation["x-action"]}".` : "Public.";
  const head = make(
    "summary", {},
    make("b", { textContent: method.toUpperCase() }), make("code", { textContent: path }),
    make("span", { textContent: operation.summary }),
  );
  const node = make("details", { id: operation.operationId }, head);
  node.addEventListener("toggle", () => {
    if (node.childElementCount > 1) return;
    node.append(make(
      "div", { className: "body" },
      make("p", { textContent: [operation.description, right].filter(Boolean).join(" ") }),
      ...section("In the path", parameters(operation, "path")),
      ...section("In the address", parameters(operation, "query")),
      ...section("Body", content(operation.requestBody)),
      ...section(`Answer ${status}`, content(operation.responses[status])),
    ));
  });
  node.dataset.words = `${method} ${path} ${operation.summary} ${operation["x-action"] || ""} ${operation.operationId}`.toLowerCase();
  return node;
}

function show(spec) {
  schemas = spec.components.schemas;
  const groups = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(card(path, method, operation));
    }
  }
  for (const [tag, cards] of groups) {
    const group = make("section", { id: `group-${tag}` }, make("h2", { textContent: tag }), ...cards);
    document.getElementById("list").append(group);
    document.getElementById("tags").append(make("a", { href: `docs#group-${tag}`, textContent: tag }));
  }
}

function filter() {
  const words = document.getElementById("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of document.querySelectorAll("main section")) {
    let any = false;
    for (const node of group.querySelectorAll("details")) {
      node.hidden = !words.every((word) => node.dataset.words.includes(word));
      any ||= !node.hidden;
      shown += node.hidden ? 0 : 1;
    }
    group.hidden = !any;
  }
  document.getElementById("count").textContent = `${shown} operations`;
}

async function start() {
  const response = await fetch("api/openapi.json");
  show(await response.json());
  filter();
  document.getElementById("find").addEventListener("input", filter);
}

start().catch((error) => {
  document.getElementById("list").textContent = `The document cannot be shown: ${error.message}`;
});
