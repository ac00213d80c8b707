/** Order of texts by their characters' codes, which is the order of times and ids of ours. */
export const compareText = (a: string, b: string): number => Number(a > b) - Number(a < b);
