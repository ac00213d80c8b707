/** A name as an identifier that keeps its case. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
