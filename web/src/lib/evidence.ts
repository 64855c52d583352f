/**
 * Marks quoted words where they stand on the page, with the browser's own highlights: no element is changed, so that it works in
 * whatever drew the text. Where a browser has none, nothing is marked; the quotes are printed beside it anyway.
 */

const NAME = "milo-evidence";
const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Where the quotes stand in a text, as [start, end); however much white space there is between their words. */
export function findQuotes(text: string, quotes: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  for (const quote of quotes) {
    const words = quote.trim().split(/\s+/).filter(Boolean);
    const hit = words.length > 0 ? new RegExp(words.map(escape).join("\\s*"), "u").exec(text) : null;
    if (hit) found.push([hit.index, hit.index + hit[0].length]);
  }
  return found;
}

/** The ranges of the quotes below an element; each where it first stands. */
export function rangesOf(root: Element, quotes: readonly string[]): Range[] {
  const nodes: { node: Node; start: number }[] = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let text = "";
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    nodes.push({ node, start: text.length });
    text += node.textContent ?? "";
  }
  const at = (place: number) => nodes.findLast(({ start }) => start <= place);
  return findQuotes(text, quotes).flatMap(([start, end]) => {
    const [first, last] = [at(start), at(end - 1)];
    if (!first || !last) return [];
    const range = document.createRange();
    range.setStart(first.node, start - first.start);
    range.setEnd(last.node, end - last.start);
    return [range];
  });
}

/** Marks the quotes below these elements, also when what stands there is drawn anew. Undone by what it returns. */
export function markEvidence(roots: readonly Element[], quotes: readonly string[]): () => void {
  if (typeof Highlight === "undefined" || quotes.length === 0) return () => undefined;
  const draw = () => CSS.highlights.set(NAME, new Highlight(...roots.flatMap((root) => rangesOf(root, quotes))));
  const observer = new MutationObserver(draw);
  for (const root of roots) observer.observe(root, { childList: true, characterData: true, subtree: true });
  draw();
  return () => {
    observer.disconnect();
    CSS.highlights.delete(NAME);
  };
}

/** Brings a quote into view, and selects it where it stands in a box that is being written in. */
export function showQuote(roots: readonly Element[], quote: string): boolean {
  for (const root of roots) {
    for (const box of root.querySelectorAll<HTMLTextAreaElement>("textarea")) {
      const [hit] = findQuotes(box.value, [quote]);
      if (!hit) continue;
      box.focus();
      box.setSelectionRange(...hit);
      return true;
    }
    const [range] = rangesOf(root, [quote]);
    if (!range) continue;
    range.startContainer.parentElement?.scrollIntoView({ block: "center", behavior: "smooth" });
    return true;
  }
  return false;
}
