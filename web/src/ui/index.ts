/** The design system in one import. */
export { Bar, Interval } from "./Bar";
export type { BarPart } from "./Bar";
export { Button, buttonLook, IconButton, Kbd } from "./Button";
export type { ButtonProps, IconButtonProps } from "./Button";
export * as format from "./format";
export { labelColor, resolveColor } from "./labelColor";
export { LabelChip } from "./LabelChip";
export { Empty, ErrorNote, Note, Panel, Skeleton } from "./Surface";
export { TableFile } from "./TableFile";
