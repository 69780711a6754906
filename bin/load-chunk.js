"use strict";
// Loads large files of the bundle together with the code that V8 compiled for them when they were built, which
// starts igor about 20 ms faster. V8 itself refuses code of another version; then the text alone is used.
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname } = require("node:path");
const { Script } = require("node:vm");

/** The exports of a CommonJS file. */
exports.loadChunk = (file) => run(compile(file, savedCodeOf(file)), file);

/** Loads a CommonJS file and saves the code of all that this made V8 compile. */
exports.saveCode = (file) => {
  const script = compile(file, undefined);
  run(script, file);
  writeFileSync(`${file}.code`, script.createCachedData());
};

function compile(file, cachedData) {
  const text = readFileSync(file, "utf8");
  const parameters = "exports, require, module, __filename, __dirname";
  return new Script(`(function (${parameters}) {${text}\n})`, { filename: file, cachedData });
}

function run(script, file) {
  const module = { exports: {} };
  const body = script.runInThisContext();
  body.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

function savedCodeOf(file) {
  try {
    return readFileSync(`${file}.code`);
  } catch {
    return undefined; // Then it is compiled now.
  }
}
