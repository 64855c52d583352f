/** A field of an item for reading, in a box of limited height. */
import { FieldView } from "../../media/FieldView";
import type { Field } from "../../api/types";
import css from "./data.module.css";

export function FieldValue({ field, value }: { field: Field; value: unknown }) {
  return (
    <div className={css.value} dir="auto">
      <FieldView field={field} value={value} />
    </div>
  );
}
