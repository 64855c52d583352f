/** One holder per browser: Web Locks where there are any, and within the page where not (plain HTTP on another host). */

const held = new Set<string>();

/** Runs `work` while no other tab holds `name`. Resolves to undefined, without running it, if somebody does. */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  if (typeof navigator !== "undefined" && "locks" in navigator && navigator.locks) {
    return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined)) as Promise<
      T | undefined
    >;
  }
  if (held.has(name)) return undefined;
  held.add(name);
  try {
    return await work();
  } finally {
    held.delete(name);
  }
}
