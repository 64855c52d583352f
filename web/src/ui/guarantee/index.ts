/** What every page shows of guarantees. */
export { GuaranteeNote } from "./GuaranteeNote";
export { PromisePicker } from "./PromisePicker";
export { useGuarantee } from "./useGuarantee";
