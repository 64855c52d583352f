/** Whether a click means the place itself, and not a control on it. A place comes into focus by a click that is over: what moves while
 * the button is down takes the control away from under the pointer. */
import type { MouseEvent } from "react";

export const pointed = (event: MouseEvent): boolean => !(event.target as Element).closest("button, a, input, textarea");
