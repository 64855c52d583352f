/** Says that the same person has the project open in another tab: nothing is wrong, but both show the same items. */
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { IconButton } from "../../ui";
import { useDesk } from "./session";
import css from "./workbench.module.css";

export function Elsewhere() {
  const elsewhere = useDesk((s) => s.elsewhere);
  const [closed, close] = useState(false);
  if (!elsewhere && closed) close(false);
  if (!elsewhere || closed) return null;
  return (
    <div className={css.elsewhere} role="status">
      <span>This project is open in another tab; both show the same items.</span>
      <IconButton size="small" label="Close this note" onClick={() => close(true)}><IconX size={14} /></IconButton>
    </div>
  );
}
