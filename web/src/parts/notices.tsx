import type { ComponentChildren } from 'preact';

/** Nothing to show, and what would change that. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

/** What could not be read; what is shown below it may be old. */
export function Problem({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <div class="problem" role="alert">
      <p>{text}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

/** Room for what is on its way, so that the page does not jump. */
export function Waiting() {
  return (
    <div class="waiting" role="status" aria-label="Loading">
      <span />
      <span />
      <span />
    </div>
  );
}
