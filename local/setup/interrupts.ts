/**
 * Resolves with the first SIGINT or SIGTERM. Those that follow are ignored: a terminal and a parent both
 * pass Ctrl-C on, and what is being stopped must be stopped to its end.
 */
export function untilInterrupted(): Promise<NodeJS.Signals> {
  return new Promise((done) => {
    process.on('SIGINT', done);
    process.on('SIGTERM', done);
  });
}
