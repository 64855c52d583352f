/** HTML of users, in a frame that may run no script, send no form, reach no network and see nothing of the page. */
import css from "./media.module.css";

/** What the frame's content may load: nothing but pictures written into it and its own styles. */
const RULES = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:";

/** The document of the frame. The rules come first, so that nothing in the content can come before them. */
export function framed(html: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${RULES}"><style>body{font:16px/1.6 system-ui,sans-serif;margin:16px;color:#1d1d1b;background:#fff;overflow-wrap:anywhere}img,table{max-width:100%}</style></head><body>${html}</body></html>`;
}

export function HtmlView({ html, title }: { html: string; title: string }) {
  return <iframe className={css.frame} sandbox="" referrerPolicy="no-referrer" title={title} srcDoc={framed(html)} />;
}
