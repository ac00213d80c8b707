import { useEffect, useState } from 'preact/hooks';

/** Where the page is: a path of the server and what is asked of it. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const here = (): Place => ({
  path: window.location.pathname,
  query: new URLSearchParams(window.location.search),
});

const MOVED = 'snowmelt:moved';

/** Goes to another page without loading the application again. */
export function goTo(href: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  window.dispatchEvent(new Event(MOVED));
}

/** The same page with some of what is asked changed; an empty value takes it away. */
export function withQuery(
  { path, query }: Place,
  changes: Readonly<Record<string, string>>,
): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  return next.size === 0 ? path : `${path}?${next}`;
}

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** A click on a link within the application moves, anything else is left to the browser. */
function followLink(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest('a');
  if (!link || !isPlainClick(event) || link.target || link.origin !== window.location.origin)
    return;
  if (link.pathname.startsWith('/api/') || link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  const isSamePage = link.pathname === window.location.pathname;
  goTo(link.href, { replace: isSamePage });
  if (!isSamePage) window.scrollTo(0, 0);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    window.addEventListener('popstate', moved);
    window.addEventListener(MOVED, moved);
    document.addEventListener('click', followLink);
    return () => {
      window.removeEventListener('popstate', moved);
      window.removeEventListener(MOVED, moved);
      document.removeEventListener('click', followLink);
    };
  }, []);
  return place;
}

export const runHref = (id: string): string => `/runs/${encodeURIComponent(id)}`;
