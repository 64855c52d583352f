/** What every page shows of guarantees. */
export { GuaranteeNote } from "./GuaranteeNote";
export { PermissionList } from "./PermissionList";
export { PromisePicker } from "./PromisePicker";
export { useGuarantee } from "./useGuarantee";
