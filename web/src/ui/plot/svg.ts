/** A plot as a file of its own: the theme's colours and fonts, which live in CSS variables, are written into it. */

const PAINT = ["fill", "stroke", "color", "font-family", "background-color"];

/** A copy of the drawing in which every `var(--x)` is what it stands for now. */
export function selfContained(drawn: SVGSVGElement, title: string): SVGSVGElement {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const look = getComputedStyle(document.documentElement);
  const resolve = (text: string) =>
    text.replaceAll(/var\((--[\w-]+)\)/g, (_, name: string) => look.getPropertyValue(name).trim().replaceAll('"', "'") || "currentColor");
  for (const part of [copy, ...copy.querySelectorAll<SVGElement>("*")]) {
    for (const name of ["style", ...PAINT]) {
      const value = part.getAttribute(name);
      if (value?.includes("var(")) part.setAttribute(name, resolve(value));
    }
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const name = document.createElementNS("http://www.w3.org/2000/svg", "title");
  name.textContent = title;
  copy.prepend(name);
  return copy;
}

export function downloadSvg(file: string, drawn: SVGSVGElement, title: string): void {
  const text = new XMLSerializer().serializeToString(selfContained(drawn, title));
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
