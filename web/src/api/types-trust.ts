/** The shapes of measured trust: guarantees, totals, studies and quality; and of registered models. */
import type { Explicit, Schemas } from "./narrow";

// Guarantees

export type Wish = Required<Schemas["Wish"]>;
export type PromiseKind = Wish["promise"];
export type Offer = Schemas["Offer"];
export type PartOffer = Schemas["PartOffer"];
export type Promised = Schemas["Promised"];
export type Permission = Schemas["PermissionView"];
export type Calibration = Schemas["Calibration"];

// Totals

export type Totals = Schemas["Totals"];
export type TotalFigure = Totals["figures"][number];

// Studies

export type Arm = Explicit["Arm"];
/** A design as the form holds it: every field given. */
export type Design = Schemas["FullDesign"];
export type Study = Schemas["StudyView"];
export type StudyReport = Schemas["StudyReport"];
export type StudyFigure = Schemas["StudyFigure"];
export type StudyContrast = StudyReport["contrasts"][number];
export type StudySize = Schemas["StudySize"];
export type Pilot = Schemas["Pilot"];
export type StudyForecast = Schemas["StudyForecast"];
export type Scene = Schemas["Scene"];
export type Way = Schemas["Way"];
export type MyPart = Schemas["MyPart"];

// Quality

export type QualityFigure = Schemas["QualityFigure"];
export type NamedFigure = Schemas["NamedFigure"];
export type AgreementReply = Schemas["AgreementReply"];
export type AgreementReport = Schemas["AgreementReport"];
export type Help = AgreementReport["help"];
export type ErrorsReply = Schemas["ErrorsReply"];
export type PeopleReply = Schemas["PeopleReply"];
export type Contributor = Schemas["Contributor"];
export type ContributorReport = Schemas["ContributorReport"];
export type OwnQuality = Schemas["OwnReply"];
export type GoldReply = Schemas["GoldReply"];
export type StandIn = Schemas["StandInReport"];
export type QualificationView = Schemas["QualificationView"];
export type CheckView = Schemas["CheckView"];

/** A tool that answers gestures; `own`: a model that the owner registered. */
export type LiveTool = Schemas["ToolView"];

/** A model file or service that the owner registered. */
export type OwnModel = Schemas["OwnModelView"];
