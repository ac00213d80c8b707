/** Longest text of a payload that is shown whole, in characters. */
const LONGEST = 20_000;

/** A payload for people: parsed, as text where it is no JSON, and only its beginning where it is long. */
export function parseJson(text: string | null, longest = LONGEST): unknown {
  if (text === null) return null;
  if (text.length > longest) return { truncated: true, beginning: text.slice(0, 2_000) };
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
