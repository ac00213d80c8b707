/**
 * Loaded into a process before anything else: its clock goes wrong by SKEW_MS, and its disk is full after
 * DISK_BYTES, in whatever Node itself writes.
 */
const fs = require('node:fs');

const skew = Number(process.env.SKEW_MS ?? 0);
if (skew !== 0) {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...values) {
      if (values.length === 0) super(RealDate.now() + skew);
      else super(...values);
    }
    static now() {
      return RealDate.now() + skew;
    }
  };
}

const room = Number(process.env.DISK_BYTES ?? Number.POSITIVE_INFINITY);
if (room !== Number.POSITIVE_INFINITY) {
  let written = 0;
  const full = () =>
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  for (const name of ['write', 'writev']) {
    const real = fs[name];
    fs[name] = (...call) => {
      const [, data] = call;
      written += Array.isArray(data)
        ? data.reduce((sum, { length }) => sum + length, 0)
        : (data?.length ?? 0);
      if (written <= room) return real(...call);
      setImmediate(call.at(-1), full());
    };
  }
}
