/** What can be done with the shape that is being drawn, for who has a hand on the mouse only: end it, one point back, give it up. */
import type { Pen } from "../../canvas/pens";
import { Button } from "../../ui";

export interface PenButtonsProps {
  pen: Pen;
  /** What ends it: "End it", or "Take it" for what a helper found. */
  end: string;
  onGiveUp(): void;
}

export function PenButtons({ pen, end, onGiveUp }: PenButtonsProps) {
  return (
    <>
      {pen.skip ? <Button size="small" kind="quiet" keys="N" onClick={() => pen.skip?.()}>Not there</Button> : null}
      {pen.finish ? <Button size="small" keys="Enter" disabled={pen.ready === false} onClick={() => pen.finish?.()}>{end}</Button> : null}
      {pen.back ? <Button size="small" kind="quiet" keys="Bksp" onClick={() => pen.back?.()}>Back</Button> : null}
      <Button size="small" kind="quiet" keys="Esc" onClick={onGiveUp}>Give up</Button>
    </>
  );
}
