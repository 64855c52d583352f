/** Colour arithmetic for surfaces that draw by hand (canvas, SVG, gradients): parsing, contrast, transparency. */

export interface Rgb {
  r: number;
  g: number;
  b: number;
}

/** A "#rgb" or "#rrggbb" colour; null for anything else. */
export function parseHex(color: string): Rgb | null {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(color.trim());
  if (short) return { r: hex(short[1]! + short[1]!), g: hex(short[2]! + short[2]!), b: hex(short[3]! + short[3]!) };
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color.trim());
  return long ? { r: hex(long[1]!), g: hex(long[2]!), b: hex(long[3]!) } : null;
}

const hex = (digits: string) => Number.parseInt(digits, 16);

/** Relative luminance as WCAG 2 defines it, 0..1. */
export function luminance({ r, g, b }: Rgb): number {
  const linear = (channel: number) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Contrast ratio of two colours as WCAG 2 defines it, 1..21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const DARK: Rgb = { r: 17, g: 17, b: 17 };
const WHITE: Rgb = { r: 255, g: 255, b: 255 };

/** Near-black or white, whichever reads better on the colour. */
export function readableOn(color: string): string {
  const rgb = parseHex(color);
  if (!rgb) return "#ffffff";
  return contrast(rgb, WHITE) >= contrast(rgb, DARK) ? "#ffffff" : "#111111";
}

/** The colour with an opacity in 0..1; a colour that is not hexadecimal comes back mixed by CSS. */
export function withAlpha(color: string, alpha: number): string {
  const rgb = parseHex(color);
  if (!rgb) return `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`;
  return `rgb(${rgb.r} ${rgb.g} ${rgb.b} / ${alpha})`;
}
