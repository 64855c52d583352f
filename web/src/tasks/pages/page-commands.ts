/** The keys of a document, the same in all widgets that show one. */
import type { Viewer } from "../../media/pages/viewer";
import type { Question } from "../../api/types";
import type { Command } from "../types";

export function pageCommands(prefix: string, question: Question, viewer: Viewer): Command[] {
  const group = question.title ?? question.name;
  const make = (id: string, title: string, keys: string[], run: () => void): Command => ({ id: `${prefix}.${id}`, title, keys, group, scope: "tool", run });
  const many = viewer.sizes.length > 1;
  return [
    ...(many
      ? [
          make("next-page", "Next page", ["PageDown"], () => viewer.step(1)),
          make("previous-page", "Previous page", ["PageUp"], () => viewer.step(-1)),
          make("first-page", "First page", ["Home"], () => viewer.go(0)),
          make("last-page", "Last page", ["End"], () => viewer.go(viewer.sizes.length - 1)),
          make("thumbs", "Small pages at the side, on or off", ["M"], () => viewer.setThumbs(!viewer.thumbs)),
        ]
      : []),
    make("larger", "Larger", ["="], () => viewer.zoomBy(1.25)),
    make("smaller", "Smaller", ["-"], () => viewer.zoomBy(1 / 1.25)),
    make("width", "As wide as there is room", ["Z"], () => viewer.setZoom("width")),
    make("find", "Find in the document", ["/"], () => viewer.finder.current?.focus()),
  ];
}
