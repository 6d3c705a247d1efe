package io.pgrok.bench;

/**
 * A process that listens.
 *
 * @param millis from its start until it did
 */
record Program(Process process, long millis) {

  void stop() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }
}
