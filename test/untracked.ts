/**
 * Untracked: keeps Node's test runner from following every promise to the test that made it. A shop
 * makes so many that it costs a sixth of the processor. What nobody awaited fails its file, or
 * group of files, instead of its test, and tests within a test are made by its own `t.test`.
 */
import { createHook } from "node:async_hooks";

const prototype = Object.getPrototypeOf(createHook({}));
const { enable } = prototype;

// The runner's is the first that is enabled; those of others work.
prototype.enable = function () {
  prototype.enable = enable;
  return this;
};
