/**
 * Runs checks one after the other and counts the tests.
 *
 * The first stage that fails ends the run, since most later ones would fail for the same reason; it is
 * named again at the very end, where a long log is read first.
 */
import { run, runAndRead, Stop, say } from "./command.mjs";

/** A run of stages: the tests counted so far. */
export class Stages {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** Runs one stage; throws `Stop` if it fails. `env` is added to the stage's own. */
  async run(stage, env = {}) {
    await this.time(stage.name, async () => {
      const options = { env: { ...stage.env, ...env } };
      if (!stage.count) return run(stage.command, stage.args, options);
      const { code, output } = await runAndRead(stage.command, stage.args, options);
      const { passed, failed, skipped } = stage.count(output);
      this.#passed += passed;
      this.#failed += failed;
      this.#skipped += skipped;
      if (code !== 0) throw new Stop(`\`${stage.command}\` ended with exit code ${code}.`);
      if (passed === 0) throw new Stop("No test ran.");
    });
  }

  /** Runs `body` as the stage `name`. */
  async time(name, body) {
    say(name);
    const start = performance.now();
    try {
      const result = await body();
      console.log(`  ${name}: fine, ${seconds(start)}`);
      return result;
    } catch (error) {
      this.#failed ||= 1;
      if (!(error instanceof Stop)) throw error;
      throw new Stop(`Failed at: ${name}. ${error.message}`);
    }
  }

  /** The line that says how it went; a stage other than a test that fails counts as one failure. */
  summary() {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : "";
    return `${this.#passed} passed, ${this.#failed} failed${skipped}`;
  }
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(0)} s`;
}
