// @ts-check
// A reporter for vitest: which tests passed only when they were tried again, and what went wrong at first. Each of them
// is a race, in a test or in igor: to be found, not to be got used to.

export default class SecondTries {
  /** @param {ReadonlyArray<import("vitest/node").TestModule>} modules */
  onTestRunEnd(modules) {
    for (const module of modules) {
      for (const test of module.children.allTests("passed")) {
        if (test.diagnostic()?.flaky !== true) continue;
        const errors = test.result().errors ?? [];
        console.log(
          `\nPassed only when tried again: ${module.relativeModuleId} > ${test.fullName}`,
        );
        for (const { stack, message } of errors) console.log(stack ?? message);
      }
    }
  }
}
