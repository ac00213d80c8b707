import { SnowflakeError } from '../statement.ts';

interface Waiter {
  readonly grant: () => void;
}

/**
 * One writer at a time, first come first served: DuckDB refuses conflicting writers, Snowflake lets
 * them wait.
 */
export class WriteLock {
  readonly #waiting: Waiter[] = [];
  #isHeld = false;

  /**
   * Waits for the turn and answers the function that ends it.
   * @throws SnowflakeError 000604 when cancelled, 000625 after `timeoutSeconds` (LOCK_TIMEOUT).
   */
  async acquire(timeoutSeconds: number, signal?: AbortSignal): Promise<() => void> {
    if (this.#isHeld) await this.#wait(timeoutSeconds, signal);
    this.#isHeld = true;
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#next();
    };
  }

  #next(): void {
    const waiter = this.#waiting.shift();
    if (waiter) waiter.grant();
    else this.#isHeld = false;
  }

  #wait(timeoutSeconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (error?: SnowflakeError) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        if (error) reject(error);
        else resolve();
      };
      const waiter: Waiter = { grant: () => leave() };
      const cancel = () => leave(new SnowflakeError('000604', '57014', 'SQL execution canceled'));
      const timer = setTimeout(() => leave(lockTimeout()), Math.min(timeoutSeconds, 86_400) * 1000);
      timer.unref();
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(waiter);
    });
  }
}

function lockTimeout(): SnowflakeError {
  return new SnowflakeError(
    '000625',
    '57014',
    'Another transaction has locked the table and has not released it within LOCK_TIMEOUT. Your statement was aborted.',
  );
}
