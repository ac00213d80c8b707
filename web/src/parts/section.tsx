import type { ComponentChildren } from 'preact';

interface SectionProps {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of a page under a heading. */
export function Section({ title, note, children }: SectionProps) {
  return (
    <section class="card">
      <header>
        <h2>{title}</h2>
        {note !== undefined && <span class="note">{note}</span>}
      </header>
      {children}
    </section>
  );
}

interface TableBoxProps {
  readonly label: string;
  readonly kind?: 'runs';
  readonly children: ComponentChildren;
}

/** A table that scrolls sideways within its own box on narrow screens. */
export function TableBox({ label, kind, children }: TableBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="table-box" aria-label={label} tabIndex={0}>
      <table class={kind}>{children}</table>
    </section>
  );
}
