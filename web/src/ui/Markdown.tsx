/** Markdown made safe: no raw HTML, no scripts; links open in a new tab. Load it lazily. */
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import css from "./markdown.module.css";

/** Addresses in texts are never fetched: a picture from elsewhere is named, and only one of this server is shown. */
const isOwn = (src: string | undefined): src is string => src !== undefined && /^\/(?![/\\])/.test(src);

const components: Components = {
  img: ({ src, alt }) => (isOwn(typeof src === "string" ? src : undefined) ? <img src={src} alt={alt} /> : <span className={css.picture}>[picture{alt ? `: ${alt}` : ""}]</span>),
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
};

/** For words of a model: addresses are printed instead of linked, and pictures are named instead of loaded. */
const inert: Components = {
  a: ({ href, children }) => <span>{children}{href && String(children) !== href ? ` (${href})` : ""}</span>,
  img: ({ alt }) => <span>[{alt || "picture"}]</span>,
};

export default function Markdown({ text, plain = false }: { text: string; plain?: boolean }) {
  return (
    <div className={css.markdown} dir="auto">
      <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={plain ? inert : components}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
