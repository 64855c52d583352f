/** What people said about the item. Enter sends, Shift+Enter makes a new line, Esc leaves the field. */
import { useState, type KeyboardEvent } from "react";
import { Button } from "../../ui";
import { ago } from "../../ui/format";
import { commentEntry } from "./logic/submission";
import type { Open } from "./logic/state";
import { useBench, useDesk } from "./session";
import css from "./workbench.module.css";

export const COMMENT_BOX = "comment-box";

export function Comments() {
  const comments = useDesk((s) => s.open?.work.comments ?? NONE);
  const open = useDesk((s) => s.open);
  return (
    <div className={css.comments}>
      {comments.length === 0 ? <p className="dim">No comments on this item. Ask a question, or tell what is odd about it.</p> : null}
      <ol>
        {comments.map((comment) => (
          <li key={comment.id}>
            <strong>{comment.user}</strong> <span className="dim">{ago(comment.created_at)}</span>
            <p dir="auto">{comment.text}</p>
          </li>
        ))}
      </ol>
      {open ? <Composer open={open} key={open.work.item.id} /> : null}
    </div>
  );
}

function Composer({ open }: { open: Open }) {
  const { desk, outbox, me, project } = useBench();
  const [text, setText] = useState("");
  const send = () => {
    const said = text.trim();
    if (said === "") return;
    void outbox.add(commentEntry(open, { project: project.id }, said));
    const comment = { id: -Date.now(), item_id: open.work.item.id, user: me.user.login, text: said, created_at: Date.now() / 1000 };
    const now = desk.getState().open;
    if (now) desk.setState({ open: { ...now, work: { ...now.work, comments: [...now.work.comments, comment] } } });
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") event.currentTarget.blur();
    else if (event.key === "Enter" && !event.shiftKey) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={css.composer}>
      <textarea id={COMMENT_BOX} aria-label="Write a comment" rows={3} placeholder="Write a comment" maxLength={10000} value={text} dir="auto" onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
      <Button size="small" keys="Enter" disabled={text.trim() === ""} onClick={send}>Send</Button>
    </div>
  );
}

const NONE: Open["work"]["comments"] = [];
