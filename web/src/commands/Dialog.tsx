/** A small dialog on the browser's own <dialog>: keeps the focus inside, closes on Esc, and switches shortcuts off meanwhile. */
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import css from "./commands.module.css";
import { registry } from "./live";

export interface DialogProps {
  title: string;
  onClose(): void;
  children: ReactNode;
  size?: "small" | "normal" | "wide";
  /** Only a name for screen readers, no headline. */
  bare?: boolean;
  onKeyDown?(event: KeyboardEvent): void;
}

export function Dialog({ title, onClose, children, size = "normal", bare, onKeyDown }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => registry.pause(), []);
  useEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box} className={css.dialog} data-size={size} data-bare={bare || undefined} aria-label={title} onKeyDown={onKeyDown}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onPointerDown={(event) => { if (event.target === box.current) onClose(); }}
    >
      <div className={css.dialogBody}>
        {bare ? null : <h2 className={css.dialogTitle}>{title}</h2>}
        {children}
      </div>
    </dialog>
  );
}
