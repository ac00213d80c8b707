import type { Door } from './door.ts';
import type { WireAnswer, WireRequest } from './http.ts';

export type Handler = (
  door: Door,
  request: WireRequest,
  parameters: Readonly<Record<string, string>>,
) => Promise<WireAnswer>;

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Path with `:name` for a part that varies. */
  readonly path: string;
  /** What a client gets by it, for the list of what is supported. */
  readonly feature: string;
  readonly handle: Handler;
  /** True when the answer may be compressed for clients that take gzip. */
  readonly mayCompress?: boolean;
}

export type Found =
  | { readonly kind: 'route'; readonly route: Route; readonly parameters: Record<string, string> }
  | { readonly kind: 'wrong method' }
  | { readonly kind: 'unknown' };

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`);

/** Makes the function that finds the route of a request. */
export function createFinder(routes: readonly Route[]): (method: string, path: string) => Found {
  const compiled = routes.map((route) => ({ route, expression: pattern(route.path) }));
  return (method, path) => {
    const matching = compiled.flatMap(({ route, expression }) => {
      const match = expression.exec(path);
      return match === null ? [] : [{ route, parameters: { ...match.groups } }];
    });
    const found = matching.find(({ route }) => route.method === method);
    if (found !== undefined) return { kind: 'route', ...found };
    return { kind: matching.length > 0 ? 'wrong method' : 'unknown' };
  };
}
