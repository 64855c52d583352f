/** A shuffle that is the same whenever it is done again with the same seed, on any machine. */

/** The seed of what one person sees of one question about one item. */
export const seedOf = (user: number, item: number, question: string): string => `${user}:${item}:${question}`;

/** The list in an order fixed by the seed; every order is equally likely over seeds (Fisher and Yates). */
export function shuffled<T>(list: readonly T[], seed: string): T[] {
  const out = [...list];
  const next = numbers(seed);
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Numbers in [0, 1): the seed hashed (FNV-1a) and stirred again and again (splitmix32). */
function numbers(seed: string): () => number {
  let state = 2166136261;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 16777619);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 4294967296;
  };
}
